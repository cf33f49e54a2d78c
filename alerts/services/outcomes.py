"""What became of a call to the provider, written down under the message's lock."""

import random
from datetime import datetime

from django.db import transaction

from alerts.choices import AttemptOutcome, OutboundStatus
from alerts.gateways.base import Accepted, GatewayError
from alerts.models import DeliveryReceipt, OutboundAttempt, OutboundMessage
from alerts.rules.delivery import (
    ErrorClass,
    GiveUp,
    after_refusal,
    class_of,
    known_status,
    moves_up,
)
from protection.models import ContactMethod

_chance = random.SystemRandom()


def locked(attempt: OutboundAttempt) -> tuple[OutboundMessage, OutboundAttempt]:
    """Message first, then attempt: the same order everywhere."""
    message = OutboundMessage.objects.select_for_update(of=("self",)).get(
        pk=attempt.message_id
    )
    return message, OutboundAttempt.objects.select_for_update(of=("self",)).get(
        pk=attempt.pk
    )


@transaction.atomic
def record_acceptance(
    attempt: OutboundAttempt, accepted: Accepted, *, now: datetime
) -> OutboundStatus:
    """The provider has it. A callback may have told us already."""
    message, attempt = locked(attempt)
    _adopt(message, attempt, accepted.provider_sid, now)
    _raise_status(message, accepted.status, error_code=None)
    return OutboundStatus(message.status)


def _adopt(
    message: OutboundMessage, attempt: OutboundAttempt, sid: str, now: datetime
) -> None:
    if attempt.provider_sid is None:
        attempt.provider_sid = sid
        attempt.outcome = AttemptOutcome.ACCEPTED
        attempt.finished_at = now
        attempt.save(update_fields=["provider_sid", "outcome", "finished_at"])
    if not message.provider_sid:
        message.provider_sid = sid
        message.save(update_fields=["provider_sid"])


def _raise_status(
    message: OutboundMessage, reported: str, *, error_code: int | None
) -> None:
    status = known_status(reported) or OutboundStatus.ACCEPTED
    if moves_up(message.status, status):
        message.status = status
        message.error_code = error_code
        message.save(update_fields=["status", "error_code"])


@transaction.atomic
def record_refusal(
    attempt: OutboundAttempt, error: GatewayError, *, now: datetime
) -> OutboundStatus:
    """Nothing was sent, or nobody knows."""
    message, attempt = locked(attempt)
    if attempt.finished_at:  # settled before this answer came: it changes nothing
        return OutboundStatus(message.status)
    attempt.error_code = error.code
    if error.error_class is ErrorClass.AMBIGUOUS:
        attempt.outcome = AttemptOutcome.UNKNOWN
        attempt.save(update_fields=["error_code", "outcome"])
        return message.move_to(OutboundStatus.UNKNOWN, "no_answer")

    refused = error.http_status is not None
    attempt.outcome = AttemptOutcome.REFUSED if refused else AttemptOutcome.NOT_SENT
    attempt.finished_at = now
    attempt.save(update_fields=["error_code", "outcome", "finished_at"])
    _mark_number(message.method, error.error_class, error.code, now)
    decision = after_refusal(
        error.error_class, attempts=message.attempt_count, now=now, chance=_chance
    )
    message.error_code = error.code
    if isinstance(decision, GiveUp):
        message.save(update_fields=["error_code"])
        return message.move_to(OutboundStatus.FAILED, decision.reason)
    message.not_before = decision.at
    message.save(update_fields=["error_code", "not_before"])
    return message.move_to(OutboundStatus.PENDING, error.error_class.value)


def _mark_number(
    method: ContactMethod, error: ErrorClass, code: int | None, now: datetime
) -> None:
    """What the provider says of a number counts for every later text."""
    if error is ErrorClass.OPTED_OUT:
        ContactMethod.objects.filter(pk=method.pk, opted_out_at=None).update(
            opted_out_at=now
        )
    elif error is ErrorClass.ADDRESS and code:
        ContactMethod.objects.filter(pk=method.pk, bad_since=None).update(
            bad_since=now, bad_code=code
        )


@transaction.atomic
def record_receipt(
    *,
    token: str,
    provider_sid: str,
    status: str,
    error_code: int | None,
    now: datetime,
) -> bool:
    """Store a status callback; False when its token or message is not ours.

    Callbacks come late, twice, out of order, and sometimes before the answer to our own
    call: every order ends in the same state.
    """
    attempt = OutboundAttempt.objects.filter(token=token).first()
    if attempt is None:
        return False
    message, attempt = locked(attempt)
    if attempt.provider_sid not in {None, provider_sid}:
        return False
    _adopt(message, attempt, provider_sid, now)
    DeliveryReceipt.objects.bulk_create(
        [
            DeliveryReceipt(
                attempt=attempt, status=status[:20], error_code=error_code, at=now
            )
        ],
        ignore_conflicts=True,
    )
    _raise_status(message, status, error_code=error_code)
    if error_code:
        error = class_of(error_code, http_status=None)
        _mark_number(message.method, error, error_code, now)
    elif message.status in {OutboundStatus.DELIVERED, OutboundStatus.READ}:
        ContactMethod.objects.filter(pk=message.method_id).exclude(
            bad_since=None
        ).update(bad_since=None, bad_code=None)
    return True
