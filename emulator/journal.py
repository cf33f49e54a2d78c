"""What was accepted survives kill -9: one JSON line per change, read at the start.

A line is handed to the kernel in one write before anyone is told that it happened,
so a killed process loses nothing. A line cut short by a full disk is skipped.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .options import BadOptions

Event = dict[str, Any]


class Journal:
    """Append-only file; without a directory it forgets, for tests and benchmarks."""

    def __init__(self, directory: Path | None) -> None:
        self.path = directory / "journal.jsonl" if directory else None
        self._fd: int | None = None
        self._lock_fd: int | None = None
        if directory:
            directory.mkdir(parents=True, exist_ok=True)
            self._lock_fd = _lock(directory / "lock")

    def read(self) -> Iterator[Event]:
        if self.path is None or not self.path.exists():
            return
        with self.path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                except ValueError:
                    continue
                if isinstance(event, dict):
                    yield event

    def start(self, events: Iterable[Event]) -> None:
        """Begin anew with only what is still true, so the file stays small."""
        if self.path is None:
            return
        fresh = self.path.with_suffix(".new")
        self._fd = _open(fresh, os.O_TRUNC)
        for event in events:
            self.append(event)
        os.fsync(self._fd)
        fresh.replace(self.path)

    def append(self, event: Event) -> None:
        if self._fd is not None:
            line = json.dumps(event, ensure_ascii=True) + "\n"
            os.write(self._fd, line.encode("ascii"))

    def forget(self) -> None:
        if self._fd is not None:
            os.ftruncate(self._fd, 0)

    def close(self) -> None:
        for fd in (self._fd, self._lock_fd):
            if fd is not None:
                os.close(fd)
        self._fd = self._lock_fd = None


def _open(path: Path, flag: int = 0) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | flag, 0o600)


def _lock(path: Path) -> int:
    fd = _open(path)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(fd)
        raise BadOptions(
            "Another emulator already uses this state directory."
        ) from error
    return fd
