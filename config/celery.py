"""The Celery app and its schedule. Times hurry what rows already promise."""

import os

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("resguardo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# `expires` equals the period: a worker that was away does one sweep, not a hundred.
app.conf.beat_schedule = {
    name: {
        "task": f"alerts.tasks.{name}" if "." not in name else name,
        "schedule": seconds,
        "options": {"expires": seconds},
    }
    for name, seconds in {
        "sweep_inbound": 5.0,  # texts stored but not yet turned into alerts
        "advance_escalations": 5.0,  # steps whose time has come
        "deliver_messages": 5.0,  # rows that wait to leave
        "settle_attempts": 10.0,  # calls to the provider with an unknown outcome
        "pulse_urgent": 5.0,  # proof that each queue is being served
        "pulse_ordinary": 5.0,
        "protection.tasks.seal_audit": 5.0,  # the audit chain, in order, one process
    }.items()
}


@signals.setup_logging.connect
def use_django_logging(**_: object) -> None:
    """Keep Celery from installing its own log format, which is not redacted."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
