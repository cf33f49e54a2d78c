"""One line in an alert's story, with its twin in the audit trail."""

from datetime import datetime
from typing import Any

from alerts.choices import AlertEventKind
from alerts.models import Alert, AlertEvent
from protection.services import audit


def note(
    alert: Alert, what: AlertEventKind, *, by: str, now: datetime, **details: Any
) -> None:
    """Append to the alert's story. Codes and ids only: it is shown and exported."""
    AlertEvent.objects.create(alert=alert, kind=what, at=now, by=by, details=details)
    audit.record(f"alert.{what}", alert, by=by, now=now, **details)
