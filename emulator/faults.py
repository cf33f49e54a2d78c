"""The fault plan: what goes wrong with which create call.

A transport fault changes the answer, a carrier fault changes the journey; one call
may meet one of each. A fault is used up by the calls it matches, in their order.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .settings import Refused

BEFORE = ("429", "500_before", "timeout_before", "slow")
AFTER = ("500_after_accept", "timeout_after_accept", "reset_after_accept")
TRANSPORT = BEFORE + AFTER
CARRIER = ("async_error", "stuck_sent")
KINDS = (*TRANSPORT, *CARRIER, "account_suspended")


@dataclass
class Fault:
    id: int
    kind: str
    times: int | None = 1
    skip: int = 0
    to: str | None = None
    body_contains: str | None = None
    seconds: float = 30.0
    retry_after: int = 1
    code: int = 30008
    status: str | None = None
    used: int = 0

    @property
    def spent(self) -> bool:
        return self.times is not None and self.used >= self.times

    def matches(self, to: str, body: str) -> bool:
        return (self.to is None or self.to == to) and (
            self.body_contains is None or self.body_contains in body
        )


class FaultPlan:
    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._next_id = 1

    def add(self, wanted: dict[str, Any]) -> Fault:
        fault = read_fault(self._next_id, wanted)
        self._next_id += 1
        self.faults.append(fault)
        return fault

    def remove(self, fault_id: int | None = None) -> int:
        kept = [f for f in self.faults if fault_id is not None and f.id != fault_id]
        removed = len(self.faults) - len(kept)
        self.faults = kept
        return removed

    def take(
        self, kinds: tuple[str, ...], to: str = "", body: str = ""
    ) -> Fault | None:
        """The first fault still due for this call; taking it uses it once."""
        for fault in self.faults:
            if fault.kind not in kinds or fault.spent or not fault.matches(to, body):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.used += 1
            return fault
        return None

    def to_json(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self.faults]


def read_fault(fault_id: int, wanted: dict[str, Any]) -> Fault:
    kind = str(wanted.get("kind"))
    if kind not in KINDS:
        raise Refused(f"A fault's kind is one of {', '.join(KINDS)}.")
    fault = Fault(fault_id, kind)
    if kind == "account_suspended":
        fault.times = None
    elif kind == "slow":
        fault.seconds = 2.0
    for name, value in wanted.items():
        if name == "kind":
            continue
        if name not in FIELD_TYPES:
            raise Refused(
                f"A fault has no {name!r}; it knows {', '.join(FIELD_TYPES)}."
            )
        types = FIELD_TYPES[name]
        negative = isinstance(value, int | float) and value < 0
        if isinstance(value, bool) or not isinstance(value, types) or negative:
            raise Refused(f"The fault's {name} cannot be {value!r}.")
        setattr(fault, name, value)
    if fault.status not in {None, "failed", "undelivered"}:
        raise Refused("An async_error's status is failed or undelivered.")
    return fault


FIELD_TYPES: dict[str, tuple[type, ...]] = {
    "times": (int, type(None)),
    "skip": (int,),
    "to": (str, type(None)),
    "body_contains": (str, type(None)),
    "seconds": (int, float),
    "retry_after": (int,),
    "code": (int,),
    "status": (str, type(None)),
}
