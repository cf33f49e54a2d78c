"""Parts that do not die but hang: they take no thread that somebody else needs."""

import json
import os
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
import pytest

from tests.acceptance.conftest import Town
from tests.servers import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.crash]

DIEGO = "+520020000001"


@contextmanager
def hanging(town: Town, name: str) -> Iterator[None]:
    """The process is there and holds its sockets, and does nothing."""
    process = psutil.Process(town.system.pids()[name])
    stopped = [process, *process.children(recursive=True)]
    for one in stopped:
        os.kill(one.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for one in stopped:
            os.kill(one.pid, signal.SIGCONT)


def readiness(town: Town) -> dict[str, Any]:
    address = f"http://127.0.0.1:{town.system.port}/readyz"
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as refused:
        return dict(json.load(refused))


def test_text_is_answered_while_the_broker_hangs(town: Town) -> None:
    before = len(town.received(DIEGO))
    with hanging(town, "broker"):
        answers = [
            town.text(number, "cenzontle")["deliveries"][0]
            for number in (town.people[28], town.people[29])
        ]

    wait_until(lambda: len(town.received(DIEGO)) >= before + 2, 90, "both texts out")
    assert [(one["status_code"], one["attempts"]) for one in answers] == [(200, 1)] * 2


def test_sweeps_go_on_while_the_provider_hangs(town: Town) -> None:
    """No answer, no refusal: every call runs into its time-out."""
    numbers = _more_people(town)
    before = len(town.received(DIEGO))
    fault = {"kind": "timeout_before", "seconds": 60, "times": None}
    town.emulator("POST", "faults", fault)
    for number in numbers:
        assert town.text(number, "cenzontle")["status_code"] == 200

    wait_until(lambda: not readiness(town)["provider"]["ok"], 90, "provider not well")
    seen = readiness(town)
    town.emulator("DELETE", "faults")

    assert (seen["last_sweep"]["ok"], seen["watchman"]["ok"]) == (True, True)
    expected = before + len(numbers)
    wait_until(lambda: len(town.received(DIEGO)) >= expected, 120, "every text out")


def _more_people(town: Town) -> list[str]:
    numbers = [f"+52003100{number:04d}" for number in range(20)]
    lines = ["code,phone,alert_word"]
    lines += [f"P-H{n},{number},cenzontle" for n, number in enumerate(numbers)]
    file = town.system.directory / "more.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert town.system.manage("import_people", str(file)).returncode == 0
    return numbers


def test_bodies_that_never_come_free_their_threads_again(town: Town) -> None:
    half = (
        b"POST /alerts/twilio/inbound/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 400\r\n\r\nBody=x"
    )
    sockets = []
    for _number in range(16):
        one = socket.create_connection(("127.0.0.1", town.system.port))
        one.sendall(half)
        sockets.append(one)
    try:
        wait_until(lambda: town.system.answers("/healthz"), 40, "the web answers again")
    finally:
        for one in sockets:
            one.close()
