"""The one place that asks Celery to hurry: on commit, by task name, never failing.

If the broker is down the rows are still there and the next sweep finds them. Tasks take
no arguments: which row is next, the database says.
"""

import logging
import time
from functools import cache

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu import Connection
from kombu.pools import producers

from alerts.choices import Priority

logger = logging.getLogger(__name__)

PATIENCE = 0.5  # seconds
PAUSE_AFTER_FAILURE = 5.0  # seconds without another try at a broker that is down
_paused_until = 0.0


def escalate_soon() -> None:
    """A run has a step due now."""
    _on_commit("alerts.tasks.wake")


def send_soon(priority: int) -> None:
    """A row waits in the outbox."""
    urgent = priority == Priority.P0
    name = "deliver_urgent" if urgent else "deliver_ordinary"
    _on_commit(f"alerts.tasks.{name}")


def _on_commit(task: str) -> None:
    transaction.on_commit(lambda: _nudge(task), robust=True)


@cache
def _broker() -> Connection:
    """A connection of our own: a broker that hangs costs half a second, once."""
    return Connection(
        settings.CELERY_BROKER_URL,
        connect_timeout=PATIENCE,
        transport_options={
            **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
            "socket_connect_timeout": PATIENCE,
            "socket_timeout": PATIENCE,
            "retry_on_timeout": False,
        },
    )


def _nudge(task: str) -> None:
    global _paused_until
    if time.monotonic() < _paused_until:
        return
    queue = settings.CELERY_TASK_ROUTES[task]["queue"]
    try:
        with producers[_broker()].acquire(block=True, timeout=PATIENCE) as producer:
            current_app.send_task(task, queue=queue, producer=producer, retry=False)
    except Exception as error:  # any fault of the broker; the sweep is the promise
        _paused_until = time.monotonic() + PAUSE_AFTER_FAILURE
        logger.warning(
            "The broker cannot be reached; the next sweep does the work.",
            extra={"task": task, "error": type(error).__name__},
        )
