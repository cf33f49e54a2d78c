from alerts.admin import alerts, messages, policies

__all__ = ["alerts", "messages", "policies"]
