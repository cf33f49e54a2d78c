"""Thin: counts out, safe to run twice, late or not at all. Rows say what is to do."""

import logging
from collections.abc import Callable, Sequence
from threading import BoundedSemaphore
from time import monotonic
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from alerts import outbox
from alerts.choices import Priority
from alerts.gateways.base import GatewayError
from alerts.gateways.twilio import gateway
from alerts.models import OutboundMessage
from alerts.services import delivery, escalation, intake, settlement
from protection.models import Heartbeat

logger = logging.getLogger(__name__)

URGENT = (Priority.P0,)
ORDINARY = (Priority.P1, Priority.P2)
LONGEST_RUN = 45.0  # seconds; well under the broker's visibility time-out
BY_HAND = 10.0  # seconds for each part that waits for the provider outside the queue
# How many texts one worker hands over side by side. Fewer than its threads: a provider
# that hangs must never take the threads on which steps and sweeps are carried out.
SENDERS = {URGENT: 14, ORDINARY: 4}
_free = {priorities: BoundedSemaphore(most) for priorities, most in SENDERS.items()}


@shared_task
def wake() -> dict[str, int]:
    """On the way of an alert: carry out its first step and send, without a detour."""
    return _advance() | _send(URGENT)


@shared_task
def deliver_urgent() -> dict[str, int]:
    return _send(URGENT)


@shared_task
def deliver_ordinary() -> dict[str, int]:
    return _send(ORDINARY)


@shared_task
def sweep_inbound() -> dict[str, int]:
    """Texts stored by a request that did not live to process them."""
    return _swept("sweep_inbound", _process_waiting())


@shared_task
def advance_escalations() -> dict[str, int]:
    """Steps whose time has come."""
    return _swept("advance_escalations", _advance())


@shared_task
def deliver_messages() -> dict[str, int]:
    """Rows that wait: call as many senders as there is work for."""
    counts = {}
    for priorities, most in SENDERS.items():
        waiting = OutboundMessage.objects.waiting().filter(
            priority__in=priorities, not_before__lte=timezone.now()
        )[:most]
        count = len(waiting.values_list("pk"))
        for _sender in range(count):
            outbox.send_soon(priorities[0])
        counts[priorities[0].name.lower()] = count
    return _swept("deliver_messages", counts)


@shared_task
def settle_attempts() -> dict[str, int]:
    """Calls to the provider of which nobody knows the outcome."""
    return _swept("settle_attempts", _settle_unsettled())


@shared_task
def pulse_urgent() -> None:
    """Arrives only if broker, beat and the urgent worker are all alive."""
    Heartbeat.objects.beat("worker_urgent", timezone.now())


@shared_task
def pulse_ordinary() -> None:
    Heartbeat.objects.beat("worker_ordinary", timezone.now())


def sweep_everything(*, alive: Callable[[], None] = lambda: None) -> dict[str, int]:
    """All sweeps once, in this process, without a broker.

    Leaves none of the queue's signs of life: those are its own to give. Sends before it
    asks after unknown outcomes, which a silent provider may draw out; ``alive`` is
    called between the parts.
    """
    counts: dict[str, int] = {}
    for part in (_process_waiting, _advance, _deliver_all, _settle_unsettled):
        counts |= part()
        alive()
    return counts


def _deliver_all() -> dict[str, int]:
    return _deliver((*URGENT, *ORDINARY), longest=BY_HAND)


def _process_waiting() -> dict[str, int]:
    done = _each(
        intake.waiting_messages(now=timezone.now()),
        lambda id: intake.process(message_id=id, now=timezone.now()),
        "A stored text could not be processed.",
    )
    return {"processed": done}


def _advance() -> dict[str, int]:
    started, done = monotonic(), 0
    while monotonic() - started < LONGEST_RUN:
        if not escalation.advance_next(now=timezone.now()):
            break
        done += 1
    return {"advanced": done}


def _send(priorities: tuple[Priority, ...]) -> dict[str, int]:
    """Send, unless enough senders are at work: they take what waits."""
    if not _free[priorities].acquire(blocking=False):
        return {"handled": 0}
    try:
        return _deliver(priorities, longest=LONGEST_RUN)
    finally:
        _free[priorities].release()


def _deliver(priorities: Sequence[int], *, longest: float) -> dict[str, int]:
    """Send until nothing waits or the time is over; then this sender is free."""
    started, sent = monotonic(), 0
    while monotonic() - started < longest:
        if delivery.deliver_next(priorities, gateway=gateway()) is None:
            break
        sent += 1
    return {"handled": sent}


def _settle_unsettled() -> dict[str, int]:
    """One at a time in the whole system, and only while the provider answers."""
    started, settled = monotonic(), 0
    with settlement.alone() as is_alone:
        for attempt_id in (
            settlement.unsettled_attempts(now=timezone.now()) if is_alone else []
        ):
            if monotonic() - started > BY_HAND:
                break
            try:
                settlement.settle_attempt(
                    attempt_id=attempt_id, gateway=gateway(), now=timezone.now()
                )
            except GatewayError as error:
                logger.warning(
                    "The provider's list cannot be read; the next sweep asks again.",
                    extra={"attempt": str(attempt_id), "error": str(error)},
                )
                break
            except Exception:
                logger.exception(
                    "An attempt could not be settled.", extra={"row": str(attempt_id)}
                )
            else:
                settled += 1
    return {"settled": settled}


def _each(ids: list[UUID], work: Callable[[UUID], object], complaint: str) -> int:
    """One bad row never stops the others; it is named and tried again."""
    done = 0
    for id in ids:
        try:
            done += bool(work(id))
        except Exception:
            logger.exception(complaint, extra={"row": str(id)})
    return done


def _swept(name: str, counts: dict[str, int]) -> dict[str, int]:
    Heartbeat.objects.beat(name, timezone.now())
    return counts
