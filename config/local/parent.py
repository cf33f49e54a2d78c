"""Whether `make`, our parent, was told to stop and has not told us.

A terminal sends Ctrl-C to both of us. But where only make gets the SIGINT (a program
that started it, `kill -INT`), make waits for us without passing it on, for ever. While
it waits it keeps SIGINT blocked, which can be seen on Linux; elsewhere we never know.
"""

import os
import signal
from pathlib import Path


def was_interrupted() -> bool:
    status = Path(f"/proc/{os.getppid()}/status")
    try:
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return False
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    if told.get("Name", "").strip() not in {"make", "gmake"}:
        return False
    blocked = int(told.get("SigBlk", "0"), 16)
    return bool(blocked & 1 << (signal.SIGINT - 1))
