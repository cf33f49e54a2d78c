"""`make manage`: a management command with the settings of `make run`."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType

import psutil

from config.local import leftovers, lock
from config.local.environment import MARK, Plan
from config.local.keys import kept_keys
from config.local.places import ROOT, Places, Refused, private_directory
from config.local.programs import own_servers
from config.local.run import server_addresses
from config.local.servers import Running, until
from config.local.supervision import NO_ANSWER, Supervisor

# These need no tables, or make them.
WITHOUT_TABLES = {
    "migrate",
    "makemigrations",
    "check",
    "help",
    "makemessages",
    "version",
}


def manage(arguments: Sequence[str]) -> int:
    """Run one command; only what it prints itself goes to standard output.

    Without arguments they are read from RESGUARDO_ARGS, as one line of a shell: that
    is how they come through make unharmed.
    """
    command = list(arguments) or shlex.split(os.environ.get("RESGUARDO_ARGS", ""))
    places = Places.given()
    places.make()
    while True:
        _wait_for_others(places)
        if (environment := _environment_of_running(places)) is not None:
            return _django(command, environment)
        try:
            with lock.held(places, lock.COMMAND):
                status = _beside_own_servers(places, command)
                places.forget_sockets()
                return status
        except lock.Held:
            continue


def with_settings(command: Sequence[str]) -> int:
    """Run a tool that reads the settings, such as mypy; no server is started."""
    places = Places.given()
    private_directory(places.var, widest=0o711)  # for the keys
    plan = Plan.from_environment(os.environ)
    addresses = server_addresses(own_servers(places, plan))
    environment = plan.environment(places, kept_keys(places), addresses)
    with _Patient():
        return subprocess.run(command, cwd=ROOT, env=_unmarked(environment)).returncode


def _wait_for_others(places: Places) -> None:
    busy = (lock.STARTING, lock.COMMAND)
    if lock.holder(places) in busy:
        tell("Another command is at work here; waiting for it.")
    if not until(lambda: lock.holder(places) not in busy, 300):
        raise Refused("The other command has not ended for five minutes.")


def _environment_of_running(places: Places) -> dict[str, str] | None:
    """The settings of the running system, read from its own supervisor.

    Nothing is kept in a file for this, so secrets of a real provider stay in memory.
    """
    try:
        pid = Supervisor(places, []).pid()
        environment = psutil.Process(pid).environ()
    except (*NO_ANSWER, psutil.Error):
        return None
    return environment if environment.get(MARK) == str(places.var) else None


def _beside_own_servers(places: Places, command: list[str]) -> int:
    leftovers.stop(places)
    plan = Plan.from_environment(os.environ)
    servers = own_servers(places, plan)
    for server in servers:
        tell(f"Starting {server.name}.")
    with _Patient(), Running(servers):
        environment = plan.environment(
            places, kept_keys(places), server_addresses(servers)
        )
        if command and command[0] not in WITHOUT_TABLES:
            migrated = _django(["migrate", "--noinput", "-v0"], environment, quiet=True)
            if migrated:
                return migrated
        return _django(command, environment)


def _django(
    command: Sequence[str], environment: Mapping[str, str], *, quiet: bool = False
) -> int:
    """Run it with our standard input and output, and pass its status on."""
    with _Patient():
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=_unmarked(environment),
            stdout=sys.stderr if quiet else None,
        ).returncode


def _unmarked(environment: Mapping[str, str]) -> dict[str, str]:
    """For what ends by itself: it is no process of the local system."""
    return {
        **os.environ,
        **{name: value for name, value in environment.items() if name != MARK},
    }


class _Patient:
    """Ctrl-C goes to the command as well; we wait for its end and clear up after it."""

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGINT, lambda *_: None)

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)


def stop_on_termination(number: int, frame: FrameType | None) -> None:
    """SIGTERM unwinds like any exception, so that servers are stopped on the way."""
    raise SystemExit(128 + number)


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
