"""`make run` from the first start to the second, on a real copy of everything."""

import shlex
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local.servers import PostgreSQL
from tests.local.conftest import EVERY_PROGRAM, LocalSystem
from tests.servers import Started

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def first_run(system: LocalSystem) -> Iterator[Started]:
    yield system.start_ready()


def test_ready_is_said_when_everything_answers(
    system: LocalSystem, first_run: Started
) -> None:
    assert system.all_answer()
    assert set(system.pids()) == EVERY_PROGRAM


def test_the_sign_in_and_the_phones_are_told(
    system: LocalSystem, first_run: Started
) -> None:
    said = first_run.said()

    assert f"user coordinacion, password {system.secrets()['DEMO_PASSWORD']}" in said
    assert f"http://127.0.0.1:{system.emulator_port}/" in said


def test_keys_and_state_are_private(system: LocalSystem, first_run: Started) -> None:
    def mode(name: str) -> int:
        return stat.S_IMODE((system.places.var / name).stat().st_mode)

    assert mode("secrets.json") == 0o600
    assert mode(".") & 0o066 == 0
    assert {mode(name) for name in ("log", "valkey", "emulator")} == {0o700}
    for secret in system.secrets().values():
        assert secret not in (system.places.var / "supervisord.conf").read_text()


def test_a_second_run_is_refused(system: LocalSystem, first_run: Started) -> None:
    second = system.start()

    assert second.process.wait(timeout=30) == 1
    assert "already running" in second.said()
    assert system.all_answer()


def test_forgetting_is_refused_while_it_runs(
    system: LocalSystem, first_run: Started
) -> None:
    done = system.run("clean")

    assert done.returncode == 1
    assert "Stop it first" in done.stderr
    assert system.all_answer()


def test_a_second_start_resumes_and_an_interrupt_leaves_nothing(
    system: LocalSystem, first_run: Started
) -> None:
    before = system.secrets()
    _remember(system)

    assert first_run.stop(signal.SIGINT, patience=60) == 0
    assert system.processes() == []
    assert not system.places.control_socket.exists()

    second = system.start_ready()
    assert system.secrets() == before
    assert _is_remembered(system)

    assert second.stop(signal.SIGTERM, patience=60) == 0
    assert system.processes() == []


def test_an_interrupt_that_only_make_gets_stops_everything(
    new_system: LocalSystem, tmp_path: Path
) -> None:
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"run:\n\t@{shlex.join(new_system.command('run'))}\n")
    started = new_system.start_ready(instead=["make", "-f", str(makefile), "run"])

    started.process.send_signal(signal.SIGINT)

    started.process.wait(timeout=30)
    assert "nothing is left running" in started.said()
    assert new_system.processes() == []


@pytest.mark.parametrize("variable", ["PORT", "EMULATOR_PORT"])
def test_a_taken_port_is_named_with_the_variable_that_changes_it(
    new_system: LocalSystem, variable: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = str(taken.getsockname()[1])
        started = new_system.start(**{variable: number})
        assert started.process.wait(timeout=30) == 1

    assert f"Port {number} is taken" in started.said()
    assert f"{variable}=NUMBER" in started.said()
    assert new_system.processes() == []


def test_a_missing_variable_of_a_real_provider_is_explained(
    new_system: LocalSystem,
) -> None:
    started = new_system.start(TWILIO_ACCOUNT_SID="AC" + "1" * 32)

    assert started.process.wait(timeout=60) == 1
    assert "TWILIO_AUTH_TOKEN: is missing" in started.said()
    assert "Traceback" not in started.said()
    assert new_system.processes() == []


def test_a_part_that_fails_is_named_and_the_rest_is_stopped(
    new_system: LocalSystem,
) -> None:
    started = new_system.start(DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")

    assert started.process.wait(timeout=90) == 1
    assert "migrate failed" in started.said()
    assert new_system.processes() == []


def _remember(system: LocalSystem) -> None:
    with PostgreSQL(system.places).connect() as connection:
        connection.execute("CREATE TABLE remembered (at int)")


def _is_remembered(system: LocalSystem) -> bool:
    with PostgreSQL(system.places).connect() as connection:
        found = connection.execute("SELECT to_regclass('remembered')").fetchone()
    return found is not None and found[0] is not None
