"""One `make run` at a time in one var/; the others are told who holds it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from config.local.places import Places

# What the holder is doing; `make manage` waits while it is STARTING.
STARTING, RUNNING, COMMAND = "starting", "running", "command"


class Held(Exception):
    """Another process holds the lock; the text says what it is doing."""


class Lock:
    """The lock, held. It falls with its process, however that ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def say(self, what: str) -> None:
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, what.encode(), 0)


@contextmanager
def held(places: Places, what: str) -> Iterator[Lock]:
    """Take the lock.

    Raises:
        Held: somebody else has it.
    """
    with _opened(places) as descriptor:
        if not _taken(descriptor, fcntl.LOCK_EX, tries=5):
            raise Held(_said(descriptor))
        lock = Lock(descriptor)
        lock.say(what)
        yield lock


def holder(places: Places) -> str | None:
    """What the holder is doing; None when nobody holds the lock."""
    with _opened(places) as descriptor:
        free = _taken(descriptor, fcntl.LOCK_SH, tries=1)
        return None if free else _said(descriptor)


@contextmanager
def _opened(places: Places) -> Iterator[int]:
    descriptor = os.open(places.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)  # which also lets go of the lock


def _taken(descriptor: int, kind: int, *, tries: int) -> bool:
    """Several tries, because `holder` takes it too, for an instant."""
    for _ in range(tries):
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.1)
        else:
            return True
    return False


def _said(descriptor: int) -> str:
    return os.pread(descriptor, 100, 0).decode()
