"""The programs of the whole system, in the order in which they start."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.local.environment import Plan
from config.local.places import ROOT, Places
from config.local.servers import PLAIN_ENVIRONMENT, PostgreSQL, Server, Valkey

# Layers start in this order and stop in reverse; within one, all at once.
LAYERS = ("servers", "provider", "system")


@dataclass(frozen=True)
class Program:
    """One program that is kept alive."""

    name: str
    layer: str
    command: Sequence[str]
    stop_signal: str = "TERM"
    stop_seconds: int = 10
    user: str | None = None
    directory: Path = ROOT
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        return f"{self.layer}:{self.name}"


def own_servers(places: Places, plan: Plan, *, fast: bool = False) -> list[Server]:
    servers: list[Server] = []
    if plan.own_database:
        servers.append(PostgreSQL(places, fast))
    if plan.own_broker:
        servers.append(Valkey(places, fast))
    return servers


def all_programs(places: Places, plan: Plan) -> list[Program]:
    programs = [_of_server(server) for server in own_servers(places, plan)]
    if plan.own_emulator:
        programs.append(Program("emulator", "provider", _python("emulator")))
    return programs + _system(places, plan)


def _of_server(server: Server) -> Program:
    clean = [f"{name}={value}" for name, value in PLAIN_ENVIRONMENT.items()]
    return Program(
        server.name,
        "servers",
        ["/usr/bin/env", "-i", *clean, *server.command()],
        stop_signal=server.stop_signal.name.removeprefix("SIG"),
        stop_seconds=30,  # it writes everything out
        user=server.user,
        directory=Path("/"),  # its user may not be able to enter the clone
    )


def _system(places: Places, plan: Plan) -> list[Program]:
    address = f"127.0.0.1:{plan.port}"
    web = _python("gunicorn", "config.wsgi", "-c", "config/gunicorn.py", "-b", address)
    schedule = str(places.var / "beat" / "schedule")
    return [
        Program("web", "system", web, stop_seconds=15),
        _worker("worker-urgent", "urgent", queues="urgent", threads=16),
        _worker("worker", "ordinary", queues="ordinary,sweeps", threads=8),
        Program("beat", "system", _celery("beat", "-s", schedule, "--pidfile=")),
        Program("watchman", "system", [sys.executable, "manage.py", "watchman"]),
    ]


def _worker(name: str, node: str, *, queues: str, threads: int) -> Program:
    command = _celery(
        *("worker", "-Q", queues, "-P", "threads", "-c", str(threads)),
        *("-n", f"{node}@%h", "--without-gossip", "--without-mingle"),
    )
    return Program(
        name,
        "system",
        command,
        stop_seconds=25,  # longer than CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT
        environment={"REMAP_SIGTERM": "SIGQUIT"},  # Celery's soft shutdown
    )


def _celery(*arguments: str) -> list[str]:
    return _python("celery", "-A", "config", *arguments)


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]
