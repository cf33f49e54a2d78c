"""kill -9, once for every process of `make run`: each is back within ten seconds."""

import os
import signal
import time
from collections.abc import Iterator

import psutil
import pytest

from tests.local.conftest import EVERY_PROGRAM, LocalSystem
from tests.servers import Started, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.crash]

BACK_WITHIN = 10  # seconds; CONTRACT, `make run`


@pytest.fixture(scope="module")
def running(system: LocalSystem) -> Iterator[Started]:
    yield system.start_ready()


@pytest.mark.parametrize("name", sorted(EVERY_PROGRAM))
def test_a_killed_program_is_back(
    system: LocalSystem, running: Started, name: str
) -> None:
    killed = system.pids()[name]
    os.kill(killed, signal.SIGKILL)

    wait_until(
        lambda: system.pids().get(name, killed) != killed, BACK_WITHIN, f"{name} back"
    )
    wait_until(system.all_answer, 20, "ready again")
    time.sleep(2)
    assert system.pids().keys() == EVERY_PROGRAM
    assert system.all_answer()


def test_a_killed_child_of_the_web_server_is_back(
    system: LocalSystem, running: Started
) -> None:
    children = psutil.Process(system.pids()["web"]).children()
    children[0].kill()

    wait_until(
        lambda: len(psutil.Process(system.pids()["web"]).children()) == len(children),
        BACK_WITHIN,
        "as many as before",
    )
    wait_until(system.all_answer, BACK_WITHIN, "ready again")


def test_a_program_that_is_killed_again_and_again_is_never_given_up(
    system: LocalSystem, running: Started
) -> None:
    end = time.monotonic() + 8
    while time.monotonic() < end:
        if pid := system.pids().get("broker"):
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)

    wait_until(lambda: "broker" in system.pids(), BACK_WITHIN, "broker back")
    wait_until(system.all_answer, 30, "ready again")


def test_a_killed_supervisor_is_replaced(system: LocalSystem, running: Started) -> None:
    before = system.pids()
    os.kill(_supervisor(system).pid, signal.SIGKILL)

    def all_new() -> bool:
        now = system.pids()
        return now.keys() == EVERY_PROGRAM and not set(now.values()) & set(
            before.values()
        )

    wait_until(all_new, BACK_WITHIN, "all programs back")
    wait_until(system.all_answer, 30, "ready again")
    assert len(system.processes()) < 3 * len(EVERY_PROGRAM) + 20  # no doubles


def test_what_a_killed_run_leaves_does_not_disturb_the_next(
    system: LocalSystem, running: Started
) -> None:
    supervisor = _supervisor(system)
    running.process.kill()
    running.process.wait()
    supervisor.kill()
    assert system.processes()

    again = system.start_ready()

    assert "left behind" in again.said()
    assert system.all_answer()
    assert again.stop(signal.SIGINT, patience=60) == 0
    assert system.processes() == []


def _supervisor(system: LocalSystem) -> psutil.Process:
    return psutil.Process(system.supervisor_pid())
