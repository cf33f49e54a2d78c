"""`make run`: everything up, in order; watched; and down again, in reverse."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from config.local import leftovers, lock, parent, ready, translations
from config.local.environment import Plan, emulator_environment
from config.local.keys import kept_keys
from config.local.places import ROOT, Places, Refused
from config.local.programs import all_programs, own_servers
from config.local.servers import PostgreSQL, Server
from config.local.supervision import Supervisor

DEMO_USER = "coordinacion"


class Stop(BaseException):
    """Somebody pressed Ctrl-C, or the system is going down."""


def run() -> int:
    places = Places.given()
    places.make()
    try:
        with lock.held(places, lock.STARTING) as held:
            return _Run(places, held).until_stopped()
    except lock.Held as busy:
        raise Refused(_busy(str(busy))) from None


def _busy(what: str) -> str:
    if what == lock.COMMAND:
        return "A management command is at work here. Try again when it has ended."
    return "Resguardo is already running here. Stop that one first (Ctrl-C there)."


class _Run:
    """One run, from nothing to nothing."""

    _environment: dict[str, str]
    _demo_password: str

    def __init__(self, places: Places, held: lock.Lock) -> None:
        self._places, self._lock = places, held
        self._plan = Plan.from_environment(os.environ)
        self._servers = own_servers(places, self._plan)

    def until_stopped(self) -> int:
        _on_signals(_raise_stop)
        supervisor: Supervisor | None = None
        try:
            self._clear_leftovers()
            self._settle_environment()
            programs = all_programs(self._places, self._plan)
            supervisor = Supervisor(self._places, programs)
            self._bring_up(supervisor)
            self._announce()
            self._watch(supervisor)
        except Stop:
            pass
        finally:
            _on_signals(signal.SIG_IGN)
            if supervisor:
                self._bring_down(supervisor)
        return 0

    # --- before anything runs ------------------------------------------------------

    def _clear_leftovers(self) -> None:
        if count := leftovers.stop(self._places):
            say(f"Stopped {count} processes that an earlier run had left behind.")
        ready.must_be_free("PORT", self._plan.port)
        if self._plan.own_emulator:
            ready.must_be_free("EMULATOR_PORT", self._plan.emulator_port)

    def _settle_environment(self) -> None:
        """Settings explain themselves what is missing, before anything is started."""
        keys = kept_keys(self._places)
        self._demo_password = os.environ.get("DEMO_PASSWORD") or keys["DEMO_PASSWORD"]
        servers = server_addresses(self._servers)
        environment = self._plan.environment(self._places, keys, servers)
        environment.pop("DEMO_PASSWORD", None)
        if self._plan.own_emulator:
            told = emulator_environment(self._places, self._plan, environment)
            environment |= told
        self._environment = environment
        self._command([sys.executable, "-c", "import config.settings"])

    # --- up ------------------------------------------------------------------------

    def _bring_up(self, supervisor: Supervisor) -> None:
        self._start_servers(supervisor)
        self._prepare_data()
        say("Starting web, workers, beat and watchman.")
        supervisor.begin("system")
        self._await(supervisor, "web", f"{self._plan.address}/healthz")
        self._await(supervisor, "web", f"{self._plan.address}/readyz")

    def _start_servers(self, supervisor: Supervisor) -> None:
        for server in self._servers:
            if not server.directory().exists():
                say(f"Making {server.name} ready for the first time.")
            server.prepare()
        say("Starting database, broker and the emulator of the SMS provider.")
        supervisor.start(self._environment)
        supervisor.begin("provider")
        for server in self._servers:
            self._await_server(supervisor, server)
        if self._plan.own_emulator:
            health = f"{self._plan.emulator_address}/_emulator/health"
            self._await(supervisor, "emulator", health)

    def _await_server(self, supervisor: Supervisor, server: Server) -> None:
        def asks() -> tuple[bool, str]:
            return server.answers(), "it does not answer"

        ready.wait(server.name, asks, supervisor)
        if isinstance(server, PostgreSQL):
            server.make_database()

    def _await(self, supervisor: Supervisor, name: str, address: str) -> None:
        ready.wait(name, lambda: ready.answers(address), supervisor)

    def _prepare_data(self) -> None:
        say("Bringing database, reference data and static files up to date.")
        translations.compile_all()
        names = ["migrate", "collectstatic", "load_reference"]
        if self._plan.demo:
            names.append("seed_demo")
        command = [sys.executable, "-m", "config.local.prepare", *names]
        self._command(command, DEMO_PASSWORD=self._demo_password)

    def _command(self, command: list[str], **extra: str) -> None:
        """Run one step; what it says is shown only when it fails."""
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**self._environment, **extra},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        if done.returncode:
            raise Refused("\n".join(done.stdout.splitlines()[-30:]))

    def _announce(self) -> None:
        self._lock.say(lock.RUNNING)
        say(f"Ready: {self._plan.address}")
        if self._plan.demo:
            say(f"  Sign in:  {self._plan.address}/admin/")
            say(f"            user {DEMO_USER}, password {self._demo_password}")
        if self._plan.own_emulator:
            say(f"  Phones:   {self._plan.emulator_address}/")
        say("  Ctrl-C stops everything.")

    # --- while it runs -------------------------------------------------------------

    def _watch(self, supervisor: Supervisor) -> None:
        """Until somebody stops it: what supervisord cannot do itself is done here."""
        known = supervisor.states()
        while True:
            time.sleep(1)
            if parent.was_interrupted():
                raise Stop
            if not supervisor.is_alive():
                self._start_again(supervisor)
            supervisor.revive()
            states = supervisor.states()
            for name, (state, pid) in states.items():
                if state == "RUNNING" and pid != known.get(name, (state, pid))[1]:
                    say(f"{name} had ended by itself; it was started again.")
                if state == "RUNNING":
                    known[name] = (state, pid)

    def _start_again(self, supervisor: Supervisor) -> None:
        """supervisord itself died: what it left is stopped quickly, then all is new."""
        say("The supervisor had ended by itself; starting everything again.")
        leftovers.stop(self._places, patience=2)
        for server in self._servers:
            server.prepare()
        supervisor.start(self._environment)
        supervisor.begin("provider")
        supervisor.begin("system")

    # --- down ----------------------------------------------------------------------

    def _bring_down(self, supervisor: Supervisor) -> None:
        say("Stopping.")
        supervisor.stop()
        leftovers.stop(self._places)
        self._places.forget_sockets()
        say("Stopped; nothing is left running.")


def server_addresses(servers: list[Server]) -> dict[str, str]:
    names = {"postgres": "DATABASE_URL", "broker": "REDIS_URL"}
    return {names[server.name]: server.url() for server in servers}


def say(line: str) -> None:
    """A reader that went away (`make run | head`) is no reason to stop."""
    with suppress(BrokenPipeError):
        print(line, flush=True)


def _raise_stop(signal_number: int, frame: FrameType | None) -> None:
    _on_signals(signal.SIG_IGN)  # the second Ctrl-C does not interrupt the stopping
    raise Stop


def _on_signals(
    handler: Callable[[int, FrameType | None], None] | signal.Handlers,
) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)
