"""Processes die between a commit and a send. Every text goes out, none twice."""

import os
import random
import signal
import time
from collections import Counter

import pytest

from tests.acceptance.conftest import Town
from tests.servers import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.crash]

DIEGO, NADIA = "+520020000001", "+520020000002"


def test_texts_taken_while_broker_and_workers_are_down_go_out_once(town: Town) -> None:
    before = len(town.received(DIEGO))
    with town.without("worker-urgent", "worker", "beat", "broker"):
        codes = [
            town.text(number, "cenzontle")["status_code"] for number in town.people[3:8]
        ]
        assert len(town.received(DIEGO)) == before

    wait_until(lambda: len(town.received(DIEGO)) >= before + 5, 60, "all texts out")
    town.quiet()

    assert codes == [200] * 5
    assert len(town.received(DIEGO)) == before + 5
    assert_no_text_came_twice(town)


def test_workers_killed_while_they_send_lose_and_double_nothing(town: Town) -> None:
    """kill -9 of the sending worker, again and again, while alerts come in.

    A call that was under way is settled by its callback or by the provider's list.
    """
    before = len(town.received(DIEGO))
    town.emulator("POST", "faults", {"kind": "slow", "seconds": 0.2, "times": None})
    chance = random.Random(20261123)
    journalists = town.people[8:28]

    for number in journalists:
        assert town.text(number, "cenzontle")["status_code"] == 200
        if chance.random() < 0.5:
            kill(town, "worker-urgent")
        time.sleep(chance.uniform(0.0, 0.4))
    town.emulator("DELETE", "faults")

    expected = before + len(journalists)
    wait_until(lambda: len(town.received(DIEGO)) >= expected, 150, "all texts out")
    town.quiet(150)

    assert len(town.received(DIEGO)) == expected
    assert_no_text_came_twice(town)


def kill(town: Town, name: str) -> None:
    if pid := town.system.pids().get(name):
        os.kill(pid, signal.SIGKILL)


def assert_no_text_came_twice(town: Town) -> None:
    """Each wake-up has its own reference, so that equal texts are doubles."""
    for number in (DIEGO, NADIA):
        texts = Counter(text for text in town.received(number) if "Si puede" in text)
        assert [text for text, count in texts.items() if count > 1] == []
