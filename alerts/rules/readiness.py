"""Can the system keep its promise right now?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

STALE_AFTER = timedelta(seconds=60)
SWEEPS = ("sweep_inbound", "advance_escalations", "deliver_messages", "settle_attempts")
WORKERS = ("worker_urgent", "worker_ordinary")
FAILURES_THAT_COUNT = 3


@dataclass(frozen=True, slots=True)
class Part:
    is_well: bool
    says: str
    age_seconds: float | None = None


def age_of(names: Sequence[str], beats: Mapping[str, datetime], now: datetime) -> Part:
    """The oldest sign of life among several; none at all is the worst."""
    missing = [name for name in names if name not in beats]
    if missing:
        return Part(False, f"never seen: {', '.join(missing)}")
    oldest = min(names, key=lambda name: beats[name])
    age = now - beats[oldest]
    seconds = round(age.total_seconds(), 1)
    if age > STALE_AFTER:
        return Part(False, f"{oldest} was last seen {seconds:.0f} s ago", seconds)
    return Part(True, "ok", seconds)


def provider_state(outcomes: Sequence[bool]) -> Part:
    """From the latest calls, newest first: True where the provider answered as agreed.

    One refusal is the number's affair; a row of them is the provider's or ours.
    """
    if not outcomes:
        return Part(True, "no call lately")
    latest = outcomes[:FAILURES_THAT_COUNT]
    if len(latest) == FAILURES_THAT_COUNT and not any(latest):
        return Part(False, "the last calls failed")
    return Part(True, "ok")
