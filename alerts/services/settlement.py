"""Calls nobody answered for: find out what became of them (MESSAGING R16-R18)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from alerts import outbox
from alerts.choices import AttemptOutcome, OutboundStatus
from alerts.gateways.base import Gateway
from alerts.models import OutboundAttempt
from alerts.rules.delivery import SETTLE_AFTER, Settlement, settle
from alerts.services.delivery import letter_of
from alerts.services.outcomes import locked, record_acceptance

logger = logging.getLogger(__name__)


ALONE_LOCK = 0x5E771E  # any constant: one process asks the provider at a time


@contextmanager
def alone() -> Iterator[bool]:
    """Whether this is the only one who settles now; holds no row and no transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ALONE_LOCK])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ALONE_LOCK])


def unsettled_attempts(*, now: datetime, limit: int = 200) -> list[UUID]:
    return list(
        OutboundAttempt.objects.unsettled()
        .filter(claimed_at__lte=now - SETTLE_AFTER)
        .order_by("claimed_at")
        .values_list("id", flat=True)[:limit]
    )


def settle_attempt(
    *, attempt_id: UUID, gateway: Gateway, now: datetime
) -> Settlement | None:
    """Find out what became of a call; None when it was found or is settled already.

    Raises:
        GatewayError: the provider's list cannot be read; the next sweep asks again.
    """
    attempt = (
        OutboundAttempt.objects.unsettled()
        .select_related("message__method")
        .filter(pk=attempt_id)
        .first()
    )
    if attempt is None:
        return None
    found = gateway.find(
        letter_of(attempt), since=attempt.claimed_at, besides=_other_sids(attempt)
    )
    if found:
        record_acceptance(attempt, found, now=now)
        return None
    return _give_up_waiting(attempt, now)


def _other_sids(attempt: OutboundAttempt) -> frozenset[str]:
    known = OutboundAttempt.objects.filter(
        message__method__index=attempt.message.method.index,
        claimed_at__gte=attempt.claimed_at - SETTLE_AFTER,
    ).values_list("provider_sid", flat=True)
    return frozenset(sid for sid in known if sid)


@transaction.atomic
def _give_up_waiting(attempt: OutboundAttempt, now: datetime) -> Settlement | None:
    message, attempt = locked(attempt)
    if attempt.provider_sid or attempt.finished_at:
        return None
    decision = settle(
        claimed_at=attempt.claimed_at,
        priority=message.priority,
        lost=message.attempts.filter(outcome=AttemptOutcome.LOST).count(),
        now=now,
    )
    if decision is Settlement.WAIT:
        return decision
    attempt.outcome = AttemptOutcome.LOST
    attempt.finished_at = now
    attempt.save(update_fields=["outcome", "finished_at"])
    if decision is Settlement.SEND_AGAIN:
        message.not_before = now
        message.save(update_fields=["not_before"])
        message.move_to(OutboundStatus.PENDING, "possible_duplicate")
        outbox.send_soon(message.priority)
    else:
        message.move_to(OutboundStatus.ABANDONED, "no_answer")
        logger.critical(
            "Nobody knows whether a text was sent, and it is not sent again.",
            extra={"row": str(message.pk), "attempts": attempt.number},
        )
    return decision
