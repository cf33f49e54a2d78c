"""The watchman: outside the queue it watches, it reads the database and speaks up.

1. If the sweeps have not run for a while (broker, beat or workers are down), it does
   them itself, so that texts still leave.
2. It names what is overdue all the same.
3. Only when all is well does it ping the outside heartbeat: its silence is the alarm.
"""

import logging
from datetime import datetime, timedelta

import requests
from django.conf import settings
from django.utils import timezone

from alerts.choices import NOT_YET_SENT, OPEN_STATUSES, AlertEventKind, Priority
from alerts.models import (
    AlertEvent,
    Escalation,
    InboundMessage,
    OutboundMessage,
)
from alerts.rules.readiness import SWEEPS, age_of
from alerts.selectors import provider_part
from alerts.tasks import sweep_everything
from protection.models import Heartbeat

logger = logging.getLogger(__name__)

LATE_AFTER = timedelta(seconds=60)
ROUND_LASTS = timedelta(minutes=15)  # an empty round is followed by another after 10
PING_LIMIT = 10  # seconds


def overdue(*, now: datetime) -> dict[str, int]:
    """What should have happened a minute ago and has not."""
    before = now - LATE_AFTER
    owed = OutboundMessage.objects.filter(
        status__in=NOT_YET_SENT, priority=Priority.P0, created_at__lte=before
    )
    counts = {
        "rounds_that_reached_nobody": AlertEvent.objects.filter(
            kind=AlertEventKind.EMPTY_ROUND,
            at__gt=now - ROUND_LASTS,
            alert__status__in=OPEN_STATUSES,
        ).count(),
        "texts_not_processed": InboundMessage.objects.waiting()
        .filter(received_at__lte=before)
        .count(),
        "steps_not_done": Escalation.objects.running()
        .filter(next_due_at__lte=before)
        .count(),
        # By the time they were written: each retry moves the time of the next one.
        "urgent_texts_not_sent": owed.count(),
        "texts_not_sent": OutboundMessage.objects.waiting()
        .filter(not_before__lte=before)
        .count(),
    }
    return {name: count for name, count in counts.items() if count}


def watch_once() -> dict[str, int]:
    """One round of the watchman; return what is overdue."""
    beats = dict(Heartbeat.objects.values_list("name", "at"))
    queue_is_well = age_of(SWEEPS, beats, timezone.now()).is_well
    if not queue_is_well:
        logger.error("The sweeps have stopped: the watchman does them itself.")
        sweep_everything(alive=_beat)
    late = overdue(now=timezone.now())
    provider_is_well = provider_part(timezone.now()).is_well
    _beat()
    if not provider_is_well:
        logger.critical("The provider takes no texts.")
    if late:
        logger.critical("Something is overdue.", extra=late)
    elif queue_is_well and provider_is_well and settings.HEARTBEAT_URL:
        _ping(settings.HEARTBEAT_URL)
    return late


def _beat() -> None:
    Heartbeat.objects.beat("watchman", timezone.now())


def _ping(url: str) -> None:
    try:
        requests.get(url, timeout=PING_LIMIT)
    except requests.RequestException as error:
        logger.warning(
            "The outside heartbeat cannot be reached.",
            extra={"error": type(error).__name__},
        )
