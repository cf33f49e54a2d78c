"""`make manage`: beside a running system, and alone."""

import signal
from collections.abc import Iterator

import pytest

from tests.local.conftest import LocalSystem
from tests.servers import Started

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running(system: LocalSystem) -> Iterator[Started]:
    yield system.start_ready()


def test_alone_it_starts_the_servers_and_stops_them(new_system: LocalSystem) -> None:
    done = new_system.manage("showmigrations", "--plan")

    assert done.returncode == 0, done.stderr
    assert "[X]" in done.stdout and "[ ]" not in done.stdout
    assert "Starting postgres" in done.stderr
    assert "Starting" not in done.stdout
    assert new_system.processes() == []


def test_beside_a_running_system_it_uses_its_servers_and_settings(
    system: LocalSystem, running: Started
) -> None:
    before = system.pids()
    done = system.manage(
        *("shell", "-v0", "-c"),
        "from django.conf import settings; print(settings.PUBLIC_BASE_URL)",
        PORT="9",  # what the running system was told counts
    )

    assert done.stdout == f"http://127.0.0.1:{system.port}\n"
    assert done.stderr == ""
    assert system.pids() == before


@pytest.mark.parametrize("status", [0, 3])
def test_the_status_passes_through(
    system: LocalSystem, running: Started, status: int
) -> None:
    code = f"import sys; sys.exit({status})"

    assert system.manage("shell", "-v0", "-c", code).returncode == status


def test_quoted_texts_arrive_whole(system: LocalSystem, running: Started) -> None:
    line = """shell -v0 -c 'print("ayuda por favor, $HOME; #1 *")'"""

    done = system.manage(RESGUARDO_ARGS=line)

    assert done.stdout == "ayuda por favor, $HOME; #1 *\n", done.stderr


def test_it_still_works_when_the_system_has_stopped(
    system: LocalSystem, running: Started
) -> None:
    running.stop(signal.SIGINT, patience=60)
    code = (
        "from django.contrib.auth import get_user_model;"
        "print(get_user_model().objects.filter(username='coordinacion').count())"
    )

    done = system.manage("shell", "-v0", "-c", code)

    assert done.stdout.splitlines()[-1] == "1", done.stderr
    assert system.processes() == []
