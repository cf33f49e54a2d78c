"""What a test or a demo may change while the emulator runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

PROFILES = (
    "ordered",
    "shuffled",
    "delivered_before_201",
    "duplicate_n",
    "missing_terminal",
    "late_sent_after_delivered",
    "never",
)
DELAYS = {"queued": 0.05, "sending": 0.05, "sent": 0.1, "delivered": 0.3}
COUNTRIES = ["+52", "+1", "+502", "+503", "+504", "+57"]


class Refused(Exception):
    """A control request that cannot be done; the text says what would have to be."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass
class Settings:
    delays: dict[str, float] = field(default_factory=lambda: dict(DELAYS))
    callback_profile: str = "ordered"
    callback_copies: int = 3
    list_lag_seconds: float = 0.0
    country_prefixes: list[str] = field(default_factory=lambda: list(COUNTRIES))
    bad_numbers: dict[str, int] = field(default_factory=dict)
    schedule_min_seconds: float = 900.0
    optout_keywords: bool = True

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def patch(self, changes: dict[str, Any]) -> None:
        """Change all that is given, or, when one value is wrong, nothing."""
        checked: dict[str, Any] = {}
        for name, value in changes.items():
            if name not in READERS:
                raise Refused(f"There is no setting {name!r}; see GET settings.")
            checked[name] = READERS[name](name, value)
        if "delays" in checked:
            checked["delays"] = {**self.delays, **checked["delays"]}
        for name, value in checked.items():
            setattr(self, name, value)


def _seconds(name: str, value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value < 0:
        raise Refused(f"{name} must be a number of seconds, 0 or more.")
    return float(value)


def _delays(name: str, value: Any) -> dict[str, float]:
    if not isinstance(value, dict):
        return dict.fromkeys(DELAYS, _seconds(name, value))
    if not set(value) <= set(DELAYS):
        raise Refused(f"{name} knows only {', '.join(DELAYS)}.")
    return {step: _seconds(f"{name}.{step}", v) for step, v in value.items()}


def _profile(name: str, value: Any) -> str:
    if value not in PROFILES:
        raise Refused(f"{name} must be one of {', '.join(PROFILES)}.")
    return str(value)


def _copies(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 50:
        raise Refused(f"{name} must be a whole number from 1 to 50.")
    return value


def _prefixes(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(
        isinstance(p, str) and p.startswith("+") for p in value
    ):
        raise Refused(f'{name} must be a list such as ["+52", "+502"].')
    return list(value)


def _numbers(name: str, value: Any) -> dict[str, int]:
    if not isinstance(value, dict) or not all(
        isinstance(c, int) and not isinstance(c, bool) for c in value.values()
    ):
        raise Refused(f'{name} must be an object such as {{"+520012345678": 21614}}.')
    return dict(value)


def _switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused(f"{name} must be true or false.")
    return value


READERS: dict[str, Callable[[str, Any], Any]] = {
    "delays": _delays,
    "callback_profile": _profile,
    "callback_copies": _copies,
    "list_lag_seconds": _seconds,
    "country_prefixes": _prefixes,
    "bad_numbers": _numbers,
    "schedule_min_seconds": _seconds,
    "optout_keywords": _switch,
}
