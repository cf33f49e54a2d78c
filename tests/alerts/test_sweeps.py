"""Without a broker: the sweeps find what is due, and the watchman speaks up."""

import logging
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from unittest import mock

import pytest
from django.core.management import call_command
from django.utils import timezone

from alerts import tasks
from alerts.gateways.base import GatewayError
from alerts.models import (
    Alert,
    Escalation,
    InboundMessage,
    OutboundAttempt,
    OutboundMessage,
)
from alerts.rules.delivery import ErrorClass
from alerts.rules.readiness import SWEEPS
from alerts.services import delivery, intake
from alerts.services.intake import Arrival
from alerts.watchman import overdue, watch_once
from protection.models import Heartbeat
from tests.conftest import Phones
from tests.factories import a_person, a_text, number_of
from tests.personas import World


@pytest.fixture
def road(phones: Phones, monkeypatch: pytest.MonkeyPatch) -> Phones:
    """The tasks send to phones in memory."""
    monkeypatch.setattr(tasks, "gateway", lambda: phones)
    return phones


@pytest.fixture
def stored(world: World) -> InboundMessage:
    """A text whose request died right after the commit, a minute ago."""
    message_id = intake.store(
        Arrival("SM1", number_of(world.elena), "girasol", b"", "webhook"),
        now=timezone.now() - timedelta(minutes=2),
    )
    return InboundMessage.objects.get(pk=message_id)


def test_sweep_command_does_everything_at_once(stored: InboundMessage, road: Phones):
    call_command("sweep", stdout=mock.Mock())

    assert Alert.objects.count() == 1
    assert len(road.received) == 1


def test_sweeps_do_nothing_the_second_time(stored: InboundMessage, road: Phones):
    tasks.sweep_everything()

    counts = tasks.sweep_everything()

    assert set(counts.values()) == {0}
    assert len(road.received) == 1


def test_one_bad_row_does_not_stop_the_others(
    stored: InboundMessage,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    other = intake.store(
        Arrival("SM2", number_of(world.elena), "x", b"", "webhook"),
        now=timezone.now() - timedelta(minutes=1),
    )
    process = intake.process

    def fails_on_one(*, message_id: object, now: object) -> bool:
        if message_id == stored.pk:
            raise RuntimeError("broken on purpose")
        return process(message_id=message_id, now=now)

    monkeypatch.setattr(intake, "process", fails_on_one)

    counts = tasks.sweep_inbound()

    assert counts == {"processed": 1}
    assert InboundMessage.objects.get(pk=other).state == "processed"
    assert "A stored text could not be processed." in caplog.messages


def test_deliver_sweep_calls_as_many_senders_as_there_is_work(
    stored: InboundMessage, django_capture_on_commit_callbacks
):
    tasks.sweep_inbound()
    tasks._advance()

    with (
        mock.patch("celery.app.base.Celery.send_task") as sent,
        django_capture_on_commit_callbacks(execute=True),
    ):
        counts = tasks.deliver_messages()

    assert counts == {"p0": 1, "p1": 0}
    assert [call.args for call in sent.call_args_list] == [
        ("alerts.tasks.deliver_urgent",)
    ]


def test_watchman_does_the_sweeps_when_they_have_stopped(
    stored: InboundMessage, road: Phones, caplog: pytest.LogCaptureFixture
):
    late = watch_once()

    assert late == {}
    assert len(road.received) == 1
    assert "The sweeps have stopped: the watchman does them itself." in caplog.messages


def test_watchman_leaves_running_sweeps_alone(stored: InboundMessage, road: Phones):
    for name in SWEEPS:
        Heartbeat.objects.beat(name, timezone.now())

    watch_once()

    assert road.received == []


def test_watchman_names_what_is_overdue(
    stored: InboundMessage, caplog: pytest.LogCaptureFixture
):
    for name in SWEEPS:
        Heartbeat.objects.beat(name, timezone.now())

    with caplog.at_level(logging.CRITICAL):
        late = watch_once()

    assert late == {"texts_not_processed": 1}
    assert caplog.messages == ["Something is overdue."]


def test_overdue_counts_steps_and_texts(stored: InboundMessage):
    tasks.sweep_inbound()
    tasks._advance()
    long_ago = timezone.now() - timedelta(minutes=5)
    Escalation.objects.update(next_due_at=long_ago)
    OutboundMessage.objects.update(not_before=long_ago)

    assert overdue(now=timezone.now()) == {"steps_not_done": 1, "texts_not_sent": 1}


def test_text_that_is_refused_again_and_again_is_overdue(
    stored: InboundMessage, world: World, monkeypatch: pytest.MonkeyPatch
):
    """Each refusal moves the next try ahead: what is owed is counted all the same."""
    refused = GatewayError(ErrorClass.CONFIGURATION, code=20003, http_status=401)
    monkeypatch.setattr(tasks, "gateway", lambda: Phones(faults=[refused] * 9))
    tasks.sweep_everything()
    OutboundMessage.objects.update(created_at=timezone.now() - timedelta(minutes=5))

    assert overdue(now=timezone.now()) == {"urgent_texts_not_sent": 1}


def test_settling_stops_at_the_first_silence_of_the_provider(
    stored: InboundMessage, road: Phones, monkeypatch: pytest.MonkeyPatch
):
    """A provider that hangs takes one look-up of our time, not two hundred."""
    asked = []

    class Silent(Phones):
        def find(self, *args: object, **kwargs: object) -> None:
            asked.append(args)
            raise GatewayError(ErrorClass.AMBIGUOUS)

    for number in range(3):
        a_text(number_of(a_person(f"P-{number}")), "x", now=timezone.now())
    tasks._advance()
    for _row in range(3):
        delivery.claim([0], now=timezone.now() - timedelta(minutes=-1))
    OutboundAttempt.objects.update(claimed_at=timezone.now() - timedelta(minutes=5))
    monkeypatch.setattr(tasks, "gateway", Silent)

    counts = tasks.settle_attempts()

    assert (counts, len(asked)) == ({"settled": 0}, 1)


def test_senders_leave_threads_free_for_everything_else(
    stored: InboundMessage, road: Phones
):
    tasks.sweep_inbound()
    tasks._advance()
    taken = [tasks._free[tasks.URGENT].acquire(blocking=False) for _ in range(14)]
    try:
        counts = tasks.deliver_urgent()
    finally:
        for _one in taken:
            tasks._free[tasks.URGENT].release()

    assert (all(taken), counts) == (True, {"handled": 0})


@pytest.fixture
def outside(settings):
    """An outside address that counts who calls."""
    calls = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    settings.HEARTBEAT_URL = f"http://127.0.0.1:{server.server_port}/beat"
    yield calls
    server.shutdown()
    thread.join()
    server.server_close()


def test_heartbeat_is_sent_only_when_all_is_well(
    stored: InboundMessage, road: Phones, outside: list[str]
):
    for name in SWEEPS:
        Heartbeat.objects.beat(name, timezone.now())
    watch_once()
    assert outside == []

    tasks.sweep_everything()
    watch_once()

    assert outside == ["/beat"]


def test_heartbeat_stays_away_while_the_queue_is_dead(
    stored: InboundMessage, road: Phones, outside: list[str]
):
    """The watchman does the work, and lets its silence be heard outside."""
    for _round in range(3):
        watch_once()

    assert len(road.received) == 1
    assert outside == []


def test_heartbeat_that_cannot_be_sent_stops_nobody(db: None, settings, road: Phones):
    settings.HEARTBEAT_URL = "http://127.0.0.1:1/"

    assert watch_once() == {}
