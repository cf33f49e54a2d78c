"""A row leaves: claimed, handed over, its outcome written down.

1. ``claim`` writes the attempt and commits, before anything is sent.
2. The gateway is called outside any transaction.
3. The outcome is recorded. If we die in between, ``settle_attempts`` finds out what
   became of the call: by the callback that carries the attempt's token, by the
   provider's list, or by rule (MESSAGING 2.6).
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.urls import reverse
from django.utils import timezone

from alerts.choices import (
    AlertEventKind,
    AlertStatus,
    OutboundStatus,
    Purpose,
)
from alerts.gateways.base import Gateway, GatewayError, Letter
from alerts.models import OutboundAttempt, OutboundMessage
from alerts.selectors import facts_of, refusal_to_wake_now
from alerts.services.events import note
from alerts.services.outcomes import record_acceptance, record_refusal
from protection.rules.disclosure import (
    Refusal,
    refusal_to_answer,
    refusal_to_tell,
    refusal_to_use,
)
from protection.selectors import contact_facts, number_facts, person_facts

logger = logging.getLogger(__name__)

PUT_OFF = timedelta(seconds=30)


def deliver_next(
    priorities: Sequence[int],
    *,
    gateway: Gateway,
    clock: Callable[[], datetime] = timezone.now,
) -> OutboundStatus | None:
    """Send the most urgent row that waits; None when nothing does."""
    claimed = claim(priorities, now=clock())
    if claimed is None or isinstance(claimed, OutboundStatus):
        return claimed
    attempt, letter = claimed
    try:
        accepted = gateway.send(letter)
    except GatewayError as error:
        return record_refusal(attempt, error, now=clock())
    return record_acceptance(attempt, accepted, now=clock())


def letter_of(attempt: OutboundAttempt) -> Letter:
    """What an attempt hands over; its token travels in the callback address."""
    path = reverse("alerts:status", args=[attempt.token])
    return Letter(
        to=attempt.message.method.value,
        text=attempt.message.text,
        callback_url=settings.PUBLIC_BASE_URL + path,
    )


Claimed = tuple[OutboundAttempt, Letter]


@transaction.atomic
def claim(
    priorities: Sequence[int], *, now: datetime
) -> Claimed | OutboundStatus | None:
    """Take one row for this process alone; or close it if it may no longer go.

    A row that cannot be read (a lost key, say) is put off and named in the log: it must
    never stand in front of the others.
    """
    message = (
        OutboundMessage.objects.waiting()
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("alert__person", "method__contact__organisation")
        .filter(priority__in=priorities, not_before__lte=now)
        .order_by("priority", "not_before")
        .first()
    )
    if message is None:
        return None
    try:
        with transaction.atomic():
            return _claim(message, now)
    except OperationalError:  # a lock or the connection: not this row's fault
        raise
    except Exception:
        logger.exception("A text cannot be sent.", extra={"row": str(message.pk)})
        message.not_before = now + PUT_OFF
        message.save(update_fields=["not_before"])
        return message.move_to(OutboundStatus.PENDING, "cannot_be_read")


def _claim(message: OutboundMessage, now: datetime) -> Claimed | OutboundStatus:
    """Consent, conflict, roster and the number's state are read now, not when the row
    was written (CONTRACT 8.3)."""
    if message.purpose == Purpose.WAKE and message.alert.status != AlertStatus.NEW:
        return message.move_to(OutboundStatus.SUPERSEDED, "acknowledged")
    if refusal := _refusal(message, now):
        note(
            message.alert,
            AlertEventKind.WITHHELD,
            by="system",
            now=now,
            message=str(message.pk),
            reason=refusal,
        )
        return message.move_to(OutboundStatus.WITHHELD, refusal)
    attempt = OutboundAttempt(
        message=message,
        number=message.attempt_count + 1,
        token=secrets.token_urlsafe(32),
        claimed_at=now,
    )
    letter = letter_of(attempt)
    attempt.save(force_insert=True)
    message.attempt_count = attempt.number
    message.status = OutboundStatus.SUBMITTING
    message.save(update_fields=["attempt_count", "status"])
    return attempt, letter


def _refusal(message: OutboundMessage, now: datetime) -> Refusal | None:
    """Why this text may not go to this number any more, if so."""
    method, alert = message.method, message.alert
    if method.contact is None:
        if method.person is None:
            return Refusal.INACTIVE
        return refusal_to_answer(number_facts(method), person_facts(method.person))
    person = facts_of(alert)
    if message.purpose == Purpose.WAKE:
        refusal = refusal_to_wake_now(method.contact, person, now=now)
    else:
        facts = contact_facts(method.contact, is_on_shift=True)
        refusal = refusal_to_tell(facts, person)
    return refusal or refusal_to_use(number_facts(method), person)
