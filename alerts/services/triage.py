"""What a human decides about an alert."""

from datetime import datetime

from django.db import transaction

from alerts.choices import AlertEventKind, AlertStatus, Priority, Purpose
from alerts.models import Alert, ReplyCode
from alerts.selectors import facts_of
from alerts.services import escalation, messaging
from alerts.services.events import note
from protection.rules.disclosure import refusal_to_hear, refusal_to_tell
from protection.selectors import contact_facts, number_facts


class MayNotAnswer(Exception):
    """The addressee may no longer be told of this alert, so cannot take it either."""


@transaction.atomic
def acknowledge_by_code(*, code: ReplyCode, occasion: str, now: datetime) -> bool:
    """The addressee of a code has answered ``1``; return whether that took the alert.

    First come, first served, under the alert's lock; the texts of the run that have not
    left are stopped in the same transaction. Whoever is late is told so.

    Raises:
        MayNotAnswer: a conflict, a withdrawn consent or a lost office came in between.
            The run goes on, and they are not told why (CONTRACT 8.10).
    """
    alert = (
        Alert.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person")
        .get(pk=code.alert_id)
    )
    contact = code.method.contact
    if contact is None or not may_answer(code, alert):
        raise MayNotAnswer(f"alert {alert.pk}")
    by = f"contact:{contact.code}"
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


def may_answer(code: ReplyCode, alert: Alert) -> bool:
    """Asked again when the answer comes; a shift that ended since is no matter."""
    contact, person = code.method.contact, facts_of(alert)
    if contact is None or code.number_index != code.method.index:
        return False
    return not (
        refusal_to_tell(contact_facts(contact, is_on_shift=True), person)
        or refusal_to_hear(number_facts(code.method), person)
    )


def reopen(*, alert: Alert, policy: str, by: str, now: datetime) -> None:
    """The person asks again with urgency: whoever had it must answer anew (8.5).

    The old references end here, or a late copy of an old answer would stop the new
    round. The caller holds the alert's lock.
    """
    ReplyCode.objects.filter(alert=alert, closed_at=None).update(closed_at=now)
    alert.status = AlertStatus.NEW
    alert.acknowledged_at = alert.acknowledged_by = None
    alert.taken_charge_at = alert.taken_charge_by = None
    escalation.restart(alert=alert, policy=policy, now=now)
    note(alert, AlertEventKind.POLICY, by=by, now=now, policy=policy)
