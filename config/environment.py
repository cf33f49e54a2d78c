"""Read settings from the environment, and explain what is missing to a person.

Every variable may also be given as ``<NAME>_FILE``, the path of a file that holds the
value, so that secrets need not stand in an environment listing. Problems are collected
and reported together: an operator fixes one list instead of one line per start.
"""

import base64
import binascii
import os
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import environ

T = TypeVar("T")


class BadEnvironment(SystemExit):
    """Stops the start with sentences instead of a traceback."""


class Environment:
    """The variables of CONTRACT section 2, read once at start."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = dict(os.environ if values is None else values)
        self._problems: list[str] = []

    def _raw(self, name: str) -> str | None:
        if value := self._values.get(name):
            return value
        path = self._values.get(f"{name}_FILE")
        if not path:
            return None
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            self.problem(name, f"the file named by {name}_FILE cannot be read as text")
            return None

    def problem(self, name: str, sentence: str) -> None:
        self._problems.append(f"{name}: {sentence}.")

    def text(self, name: str, *, purpose: str, default: str | None = None) -> str:
        value = self._raw(name)
        if value is None and default is None:
            self.problem(name, f"is missing. It is {purpose}")
        return value if value is not None else (default or "")

    def parsed(
        self, name: str, parse: Callable[[str], T], *, purpose: str, default: str
    ) -> T | None:
        """Parse a variable; a value that does not parse is a problem, not a crash."""
        value = self._raw(name) or default
        try:
            return parse(value)
        except ValueError:
            self.problem(name, f"has a value that cannot be read. It is {purpose}")
            return None

    def whole(self, name: str, *, purpose: str, default: int) -> int:
        number = self.parsed(name, int, purpose=purpose, default=str(default))
        return number if number is not None else default

    def items(self, name: str, *, default: str = "") -> list[str]:
        value = self._raw(name) or default
        return [item.strip() for item in value.split(",") if item.strip()]

    def keys(self, name: str, *, purpose: str) -> list[bytes]:
        """Comma-separated keys, newest first, each base64 of 32 bytes."""
        keys = []
        for item in self.text(name, purpose=purpose).split(","):
            try:
                key = base64.b64decode(item.strip(), validate=True)
            except (binascii.Error, ValueError):
                key = b""
            if len(key) == 32:
                keys.append(key)
            elif item.strip():
                self.problem(name, "needs keys of base64 of exactly 32 bytes")
        if not keys and self._raw(name) is not None and not self._has_problem(name):
            self.problem(name, "holds no key. It needs base64 of exactly 32 bytes")
        return keys

    def _has_problem(self, name: str) -> bool:
        return any(problem.startswith(f"{name}:") for problem in self._problems)

    def database(self, name: str) -> dict[str, Any]:
        value = self.text(
            name, purpose="the PostgreSQL server (postgres://user@host/name)"
        )
        if not value:
            return {}
        try:
            with warnings.catch_warnings():  # a warning would print the password
                warnings.simplefilter("ignore")
                parsed = environ.Env.db_url_config(value)
        except (ValueError, environ.ImproperlyConfigured):
            parsed = {}
        if "postgresql" not in str(parsed.get("ENGINE", "")):
            self.problem(name, "must be a postgres:// address; no other database works")
            return {}
        return dict(parsed)

    def broker(self, name: str) -> str:
        value = self.text(
            name, purpose="the broker that hurries the workers (redis://host:6379/0)"
        )
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            self.problem(name, "must start with redis://, rediss:// or unix://")
        return value

    def time_zone(self, name: str, *, default: str) -> str:
        value = self.text(name, purpose="the office's time zone", default=default)
        if value not in available_timezones():
            self.problem(name, "must be a time zone such as America/Mexico_City")
            return default
        return value

    def web_address(self, name: str, *, purpose: str, default: str | None) -> str:
        value = self.text(name, purpose=purpose, default=default).rstrip("/")
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
            self.problem(name, f"must start with http:// or https://. It is {purpose}")
        return value

    def finish(self) -> None:
        """Stop the start if anything was missing or bad.

        Raises:
            BadEnvironment: with one sentence a problem; exit status 1.
        """
        if self._problems:
            raise BadEnvironment(
                "Resguardo cannot start:\n"
                + "\n".join(f"  - {problem}" for problem in self._problems)
                + "\nEvery variable is explained in .env.example."
                " On one machine, `make run` sets them all."
            )
