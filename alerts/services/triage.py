"""What a human decides about an alert."""

from datetime import datetime

from django.db import transaction

from alerts.choices import AlertEventKind, AlertStatus, Priority, Purpose
from alerts.models import Alert, ReplyCode
from alerts.services import escalation, messaging
from alerts.services.events import note


@transaction.atomic
def acknowledge_by_code(*, code: ReplyCode, occasion: str, now: datetime) -> bool:
    """The addressee of a code has answered ``1``; return whether that took the alert.

    First come, first served, under the alert's lock; the texts of the run that have not
    left are stopped in the same transaction. Whoever is late is told so.
    """
    alert = Alert.objects.select_for_update(of=("self",)).get(pk=code.alert_id)
    by = f"contact:{code.method.contact.code}" if code.method.contact else "contact"
    is_first = alert.status == AlertStatus.NEW
    if is_first:
        alert.status = AlertStatus.ACKNOWLEDGED
        alert.acknowledged_at = now
        alert.acknowledged_by = by
        alert.save(update_fields=["status", "acknowledged_at", "acknowledged_by"])
        stopped = escalation.pause(alert=alert, reason="acknowledged")
        note(alert, AlertEventKind.ACKNOWLEDGED, by=by, now=now, stopped=stopped)
    is_holder = alert.acknowledged_by == by
    messaging.tell_contact(
        "duty_confirmed" if is_holder else "duty_already",
        alert=alert,
        code=code,
        purpose=Purpose.CONFIRMATION,
        priority=Priority.P1,
        occasion=occasion,
        now=now,
    )
    return is_first


def reopen(*, alert: Alert, policy: str, by: str, now: datetime) -> None:
    """The person asks again with urgency: whoever had it must answer anew (8.5).

    The caller holds the alert's lock.
    """
    alert.status = AlertStatus.NEW
    alert.acknowledged_at = alert.acknowledged_by = None
    alert.taken_charge_at = alert.taken_charge_by = None
    escalation.restart(alert=alert, policy=policy, now=now)
    note(alert, AlertEventKind.POLICY, by=by, now=now, policy=policy)
