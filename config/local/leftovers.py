"""Find and stop processes of an earlier run that nobody looks after any more.

Ours are known by the mark in their environment, and the two servers, which run with a
clean environment, by their working directory. Nothing relies on recorded numbers: the
system may have given them to somebody else since.
"""

from collections.abc import Iterable
from contextlib import suppress

import psutil

from config.local.environment import MARK
from config.local.places import Places


def stop(places: Places, *, patience: float = 15) -> int:
    """Stop them all; the servers last. Returns how many there were."""
    found = ours(places)
    servers = [process for process in found if _is_server(process, places)]
    _end([process for process in found if process not in servers], patience)
    _end(servers, patience)
    return len(found)


def ours(places: Places) -> list[psutil.Process]:
    myself = psutil.Process()
    spared = {myself.pid, *(parent.pid for parent in myself.parents())}
    return [
        process
        for process in psutil.process_iter()
        if process.pid not in spared
        and (_is_marked(process, places) or _is_server(process, places))
    ]


def _is_marked(process: psutil.Process, places: Places) -> bool:
    try:
        environment: dict[str, str] = process.environ()
    except (psutil.Error, OSError):
        return False
    return environment.get(MARK) == str(places.var)


def _is_server(process: psutil.Process, places: Places) -> bool:
    homes = {
        str(home / name)
        for home in (places.var, places.outside)
        for name in ("postgres", "postgres.new", "valkey")
    }
    try:
        return process.cwd() in homes
    except (psutil.Error, OSError):
        return False


def _end(processes: Iterable[psutil.Process], patience: float) -> None:
    """Ask, then insist. A supervisor must not start again what is being stopped."""
    waiting = list(processes)
    for process in sorted(waiting, key=_is_supervisor, reverse=True):
        _send(process, insist=False)
    _, alive = psutil.wait_procs(waiting, timeout=patience)
    for process in alive:
        _send(process, insist=True)
    psutil.wait_procs(alive, timeout=5)


def _is_supervisor(process: psutil.Process) -> bool:
    try:
        return "supervisor.supervisord" in process.cmdline()
    except psutil.Error:
        return False


def _send(process: psutil.Process, *, insist: bool) -> None:
    with suppress(psutil.Error):
        process.kill() if insist else process.terminate()
