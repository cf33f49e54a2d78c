from alerts.admin import alerts, enrolments, messages, policies

__all__ = ["alerts", "enrolments", "messages", "policies"]
