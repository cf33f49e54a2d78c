"""The servers, the environment and the walls of the whole test run (a pytest plugin).

Loaded by `-p tests.servers` before pytest-django reads the settings. The run has a
PostgreSQL, a Valkey and secrets of its own, in a directory that is gone afterwards,
even when pytest is killed: the process that serves them watches this one
(config/local/serve.py). TEST_DATABASE_URL and TEST_REDIS_URL name other servers.

The test process itself reaches nothing but this machine: see `_only_this_machine`.
"""

import atexit
import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from config.local.environment import MARK, TEST_NUMBER
from config.local.keys import new_keys
from config.local.places import ROOT
from config.local.servers import until


class NotThisMachine(RuntimeError):
    """A test tried to reach another machine."""


# --- the servers ---------------------------------------------------------------------


def _serve() -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    """Start the process that serves; it ends when our end of its input closes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "config.local", "serve"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for pytest, which closes it in turn
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SystemExit("The servers of the tests did not start (see above).")
    return process, json.loads(line)


def _stop_serving() -> None:
    if _server.poll() is None:
        assert _server.stdin is not None
        _server.stdin.close()
        _server.wait(timeout=60)
        assert _server.stdout is not None
        _server.stdout.close()


def _set_environment(told: Mapping[str, str]) -> None:
    """No variable of the developer's shell reaches the settings of a test."""
    for name in list(os.environ):
        if name.startswith(("TWILIO_", "EMULATOR_")):
            del os.environ[name]
    os.environ |= {
        **new_keys(),
        # Importing `config` has named the other one, and pytest-django asks here first.
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or told["DATABASE_URL"],
        "REDIS_URL": os.environ.get("TEST_REDIS_URL") or told["REDIS_URL"],
        "PUBLIC_BASE_URL": "http://127.0.0.1:8000",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        # Nobody listens on port 1: a test that means to send starts an emulator.
        "TWILIO_API_BASE_URL": "http://127.0.0.1:1",
        "TWILIO_FROM_NUMBER": TEST_NUMBER,
        "TWILIO_INTAKE_NUMBERS": TEST_NUMBER,
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's loop beside the ORM
    }
    os.environ.pop("DEMO_PASSWORD", None)


# --- the wall ------------------------------------------------------------------------


def _is_here(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.split("%")[0]).is_loopback
    except ValueError:
        return False


def _guard(host: object) -> None:
    if not _is_here(host):
        raise NotThisMachine(
            f"A test tried to reach {host!r}. Tests reach 127.0.0.1 and Unix sockets"
            " only (tests/servers.py); start an emulator instead."
        )


def _only_this_machine() -> None:
    """Replace the ways out of the process by ones that ask `_guard` first."""

    def guarded(name: str) -> None:
        original = getattr(socket.socket, name)

        def connect(self: socket.socket, address: Any) -> Any:
            if self.family != socket.AF_UNIX:
                _guard(address[0])
            return original(self, address)

        setattr(socket.socket, name, connect)

    guarded("connect")
    guarded("connect_ex")
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
        _guard(host)
        return look_up(host, *arguments, **named)

    socket.getaddrinfo = getaddrinfo


_server, _told = _serve()
atexit.register(_stop_serving)
_set_environment(_told)
_only_this_machine()


def pytest_unconfigure() -> None:
    _stop_serving()


# --- what other tests use ------------------------------------------------------------


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(
    predicate: Callable[[], object], seconds: float, what: str = "the condition"
) -> None:
    """Ask again and again.

    Raises:
        AssertionError: when the time is over; it names what was waited for.
    """
    last: list[object] = [None]

    def asked() -> bool:
        last[0] = predicate()
        return bool(last[0])

    if not until(asked, seconds):
        raise AssertionError(f"After {seconds} s, still not {what}: {last[0]!r}")


@dataclass
class Started:
    """A process of a test, and the file that takes what it says."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self, number: int = signal.SIGTERM, patience: float = 30) -> int:
        """Signal it and wait; what does not end in time is killed with its group."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            return self.process.wait()


@dataclass
class Starter:
    """Starts processes and stops, at the end of the test, those that still run."""

    directory: Path
    started: list[Started] = field(default_factory=list)

    def __call__(
        self, arguments: Sequence[str], env: Mapping[str, str] | None = None
    ) -> Started:
        log = self.directory / f"process-{len(self.started) + 1}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                list(arguments),
                cwd=ROOT,
                env={**os.environ, MARK: _told["directory"], **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started.append(Started(process, log))
        return self.started[-1]


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    """A directory of this test, for logs and state of what it starts."""
    return tmp_path


@pytest.fixture
def start_process(run_dir: Path) -> Iterator[Starter]:
    starter = Starter(run_dir)
    yield starter
    for started in reversed(starter.started):
        started.stop()
