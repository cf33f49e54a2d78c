"""What a provider's answer means, and what to do about it (MESSAGING 2.2, 2.4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from alerts.choices import OutboundStatus, Priority

# --- Statuses only move up ---------------------------------------------------------
_RANK = {
    OutboundStatus.PENDING: 0,
    OutboundStatus.SUBMITTING: 1,
    OutboundStatus.UNKNOWN: 1,
    # Closed here, but a receipt proves that an earlier call did send it.
    OutboundStatus.SUPERSEDED: 1,
    OutboundStatus.WITHHELD: 1,
    OutboundStatus.ABANDONED: 1,
    OutboundStatus.ACCEPTED: 2,
    OutboundStatus.SCHEDULED: 2,
    OutboundStatus.QUEUED: 3,
    OutboundStatus.SENDING: 4,
    OutboundStatus.SENT: 5,
    OutboundStatus.CANCELED: 6,
    OutboundStatus.FAILED: 6,
    OutboundStatus.UNDELIVERED: 6,
    OutboundStatus.DELIVERED: 7,  # of two final statuses the better one is believed
    OutboundStatus.READ: 8,
}


def known_status(reported: str) -> OutboundStatus | None:
    """A provider's word as a status of ours; None for a word we do not know."""
    try:
        status = OutboundStatus(reported)
    except ValueError:
        return None
    is_ours_alone = _RANK[status] < _RANK[OutboundStatus.ACCEPTED]
    return None if is_ours_alone else status


def moves_up(current: str, reported: OutboundStatus) -> bool:
    """A late or repeated receipt never takes a message back."""
    return _RANK[reported] > _RANK[OutboundStatus(current)]


# --- Errors ------------------------------------------------------------------------
class ErrorClass(StrEnum):
    TRANSIENT = "transient"  # not processed; the same call may be made again
    AMBIGUOUS = "ambiguous"  # may have been processed; never simply repeated
    ADDRESS = "address"  # this number cannot be reached by SMS
    OPTED_OUT = "opted_out"  # the number asked for silence
    CONFIGURATION = "configuration"  # our account or sender is at fault
    UNKNOWN = "unknown"  # a code of which nothing is known: once more, then give up


_ADDRESS = {21211, 21612, 21614, 21635, 30005, 30006}
_CONFIGURATION = {
    10001, 20003, 20005, 20404, 21212, 21408, 21603, 21606, 21609, 21617, 21619,
    21703, 21712, 30002, 30029,
}  # fmt: skip
_TRANSIENT = {20429, 21611, 30001, 30003, 30008, 30410}


def class_of(code: int | None, *, http_status: int | None) -> ErrorClass:
    """The class of an error by its code, else by the HTTP status it came with."""
    if code == 21610:
        return ErrorClass.OPTED_OUT
    if code in _ADDRESS:
        return ErrorClass.ADDRESS
    if code in _CONFIGURATION or http_status in {401, 403, 404}:
        return ErrorClass.CONFIGURATION
    if code in _TRANSIENT or http_status == 429:
        return ErrorClass.TRANSIENT
    if http_status is not None and http_status >= 500:
        return ErrorClass.AMBIGUOUS
    return ErrorClass.UNKNOWN


# --- What next ---------------------------------------------------------------------
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(seconds=30)
CONFIGURATION_WAIT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class TryAgain:
    at: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    reason: str


def after_refusal(
    error: ErrorClass, *, attempts: int, now: datetime, chance: Random
) -> TryAgain | GiveUp:
    """What to do after a call that certainly sent nothing.

    Overload and our own faults are waited out for ever: the text is still owed, and
    whoever repairs the account finds it waiting. Waits grow and are spread by chance.
    """
    if error is ErrorClass.TRANSIENT:
        wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
        return TryAgain(now + wait * chance.uniform(0.5, 1.0))
    if error is ErrorClass.CONFIGURATION:
        return TryAgain(now + CONFIGURATION_WAIT)
    if error is ErrorClass.UNKNOWN and attempts < 2:
        return TryAgain(now + FIRST_WAIT)
    return GiveUp(error.value)


# --- Unknown outcomes --------------------------------------------------------------
SETTLE_AFTER = timedelta(seconds=20)  # the call's own limits, and time for a callback
MOST_SENDS = 2  # of one life-safety text whose calls all stay unanswered


class Settlement(StrEnum):
    WAIT = "wait"
    SEND_AGAIN = "send_again"
    ABANDON = "abandon"


def settle(
    *, claimed_at: datetime, priority: int, lost: int, now: datetime
) -> Settlement:
    """A call whose outcome nobody reported and the provider's list does not show.

    The list proves a send, never disproves one. Life safety goes at least once, and
    with the same words at most twice; information goes at most once (MESSAGING
    R16-R18). ``lost`` counts the earlier calls of this text that nobody answered for;
    calls that were refused sent nothing and do not count. The next round of the run
    asks again in any case.
    """
    if now < claimed_at + SETTLE_AFTER:
        return Settlement.WAIT
    if priority == Priority.P0 and lost + 1 < MOST_SENDS:
        return Settlement.SEND_AGAIN
    return Settlement.ABANDON
