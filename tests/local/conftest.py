"""A whole local system, started as `make run` starts it, in a var/ of its own."""

import http.client
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from config.local import leftovers
from config.local.places import ROOT, Places
from config.local.supervision import Supervisor
from tests.servers import Started, free_port, wait_until


def _listen_to_interrupts() -> None:
    """A test run in the background of a script ignores SIGINT; its children do not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


EVERY_PROGRAM = {
    *("postgres", "broker", "emulator", "web"),
    *("worker-urgent", "worker", "beat", "watchman"),
}


@dataclass
class LocalSystem:
    """`make run` in a directory, seen from outside."""

    directory: Path
    port: int = field(default_factory=free_port)
    emulator_port: int = field(default_factory=free_port)
    started: list[Started] = field(default_factory=list)

    @property
    def places(self) -> Places:
        return Places(self.directory / "var")

    @property
    def environment(self) -> dict[str, str]:
        """What a person's shell has; nothing of the test run's own servers."""
        kept = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "RESGUARDO_VAR": str(self.places.var),
            "PORT": str(self.port),
            "EMULATOR_PORT": str(self.emulator_port),
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "config.local", *arguments]

    def start(
        self, *, instead: Sequence[str] | None = None, **variables: str
    ) -> Started:
        log = self.directory / f"run-{len(self.started) + 1}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                list(instead or self.command("run")),
                cwd=ROOT,
                env={**self.environment, **variables},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_listen_to_interrupts,
            )
        self.started.append(Started(process, log))
        return self.started[-1]

    def start_ready(self, instead: Sequence[str] | None = None) -> Started:
        started = self.start(instead=instead)

        def ready_or_over() -> bool:
            return self.is_ready(started) or started.process.poll() is not None

        wait_until(ready_or_over, 120, "ready")
        assert self.is_ready(started), started.said()
        return started

    def is_ready(self, started: Started) -> bool:
        line = f"Ready: http://127.0.0.1:{self.port}"
        return started.said().splitlines().count(line) == 1

    def manage(
        self, *arguments: str, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        return self.run("manage", *arguments, **variables)

    def run(
        self, *arguments: str, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Another command of this system, to its end."""
        return subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def answers(self, path: str, *, port: int | None = None) -> bool:
        try:
            address = f"http://127.0.0.1:{port or self.port}{path}"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError, http.client.HTTPException):
            return False

    def all_answer(self) -> bool:
        return (
            self.answers("/healthz")
            and self.answers("/readyz")
            and self.answers("/_emulator/health", port=self.emulator_port)
        )

    def pids(self) -> dict[str, int]:
        """The programs that run now, by name."""
        states = Supervisor(self.places, []).states()
        return {name: pid for name, (state, pid) in states.items() if pid}

    def supervisor_pid(self) -> int:
        return Supervisor(self.places, []).pid()

    def processes(self) -> list[psutil.Process]:
        """Every process of this system, found without asking it."""
        return leftovers.ours(self.places)

    def secrets(self) -> dict[str, str]:
        kept: dict[str, str] = json.loads(
            (self.places.var / "secrets.json").read_text()
        )
        return kept

    def end(self) -> None:
        for started in self.started:
            started.stop(signal.SIGINT, patience=60)
        leftovers.stop(self.places, patience=5)
        self.places.forget()


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    """One system for all tests of a file: making one takes a while."""
    made = LocalSystem(tmp_path_factory.mktemp("local"))
    yield made
    made.end()


@pytest.fixture
def new_system(tmp_path: Path) -> Iterator[LocalSystem]:
    made = LocalSystem(tmp_path)
    yield made
    made.end()
