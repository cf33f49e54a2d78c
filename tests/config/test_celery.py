"""What reliability rests on: nothing lives in the broker, and nobody waits for it."""

import inspect
from datetime import timedelta

import pytest
from django.conf import settings

from alerts.gateways.twilio import CONNECT_LIMIT, READ_LIMIT
from alerts.tasks import LONGEST_RUN
from config import settings as real
from config.celery import app
from config.local import programs

SCHEDULE = app.conf.beat_schedule
STALE_AFTER = 60  # seconds; what /readyz and the watchman call silence


@pytest.fixture(scope="module")
def tasks() -> set[str]:
    app.loader.import_default_modules()
    return set(app.tasks)


@pytest.mark.parametrize("name", SCHEDULE)
def test_scheduled_task_exists(name: str, tasks: set[str]):
    assert SCHEDULE[name]["task"] in tasks


@pytest.mark.parametrize("task", settings.CELERY_TASK_ROUTES)
def test_routed_task_exists(task: str, tasks: set[str]):
    assert task in tasks


@pytest.mark.parametrize("name", SCHEDULE)
def test_missed_beats_do_not_pile_up(name: str):
    entry = SCHEDULE[name]

    assert entry["options"]["expires"] == entry["schedule"]


@pytest.mark.parametrize("name", SCHEDULE)
def test_sweep_runs_often_enough_to_be_missed(name: str):
    assert timedelta(seconds=SCHEDULE[name]["schedule"]) < timedelta(
        seconds=STALE_AFTER / 3
    )


def test_every_promise_has_its_sweep():
    assert {entry["task"] for entry in SCHEDULE.values()} == {
        "alerts.tasks.sweep_inbound",
        "alerts.tasks.advance_escalations",
        "alerts.tasks.deliver_messages",
        "alerts.tasks.settle_attempts",
        "alerts.tasks.pulse_urgent",
        "alerts.tasks.pulse_ordinary",
        "protection.tasks.seal_audit",
    }


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("task_acks_late", True),  # a killed worker's task is done by another
        ("task_reject_on_worker_lost", True),
        ("worker_prefetch_multiplier", 1),  # no urgent task waits behind a slow one
        ("task_ignore_result", True),  # results are rows
        ("task_publish_retry", False),  # a request never waits for a broker
        ("broker_connection_retry_on_startup", True),
        ("broker_connection_max_retries", None),  # a worker waits for ever
        ("worker_hijack_root_logger", False),  # our log format, which redacts
        ("task_default_queue", "sweeps"),
        ("task_always_eager", False),
    ],
)
def test_option_that_reliability_rests_on(option: str, value: object):
    assert app.conf[option] == value


def test_task_killed_in_mid_run_comes_back_after_it_could_have_ended():
    transport = app.conf.broker_transport_options

    assert transport["visibility_timeout"] > LONGEST_RUN * 2


def test_connecting_to_a_broker_that_is_down_takes_a_second_at_most():
    transport = app.conf.broker_transport_options

    assert (
        app.conf.broker_connection_timeout,
        transport["socket_connect_timeout"],
    ) == (
        1,
        1,
    )


def test_soft_shutdown_outlasts_a_call_to_the_provider():
    longest_call = CONNECT_LIMIT + READ_LIMIT

    assert app.conf.worker_soft_shutdown_timeout >= longest_call


def test_each_queue_is_served_by_a_worker():
    source = inspect.getsource(programs)
    queues = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}

    unserved = queues | {settings.CELERY_TASK_DEFAULT_QUEUE}
    assert [queue for queue in unserved if queue not in source] == []


def test_settings_of_tests_differ_only_where_they_say(settings):
    differing = {
        name
        for name in dir(real)
        if name.isupper() and getattr(real, name) != getattr(settings, name, None)
    }
    # ALLOWED_HOSTS: Django's test runner adds its own.
    assert differing - {"ALLOWED_HOSTS"} == {"PASSWORD_HASHERS", "STORAGES"}
