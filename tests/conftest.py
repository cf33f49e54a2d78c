from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from django.db.backends.base.operations import BaseDatabaseOperations

from alerts.choices import Priority
from alerts.gateways.base import Accepted, GatewayError, Letter
from alerts.services.delivery import deliver_next
from alerts.services.reference import load_policies
from tests.factories import NOW
from tests.personas import World, build_world


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_guards() -> Iterator[None]:
    """Transactional tests empty the tables; the audit trail refuses even TRUNCATE.

    Only a superuser can switch triggers off for a session, as this does.
    """
    original = BaseDatabaseOperations.execute_sql_flush

    def flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        quiet = "SET session_replication_role = {}"
        original(self, [quiet.format("replica"), *sql_list, quiet.format("origin")])

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]


@pytest.fixture
def policies(db: None) -> None:
    load_policies()


@pytest.fixture
def world(policies: None) -> World:
    return build_world()


@dataclass
class Phones:
    """A gateway in memory: what each phone received, in order."""

    received: list[Letter] = field(default_factory=list)
    faults: list[GatewayError] = field(default_factory=list)
    listed: list[tuple[str, Letter]] = field(default_factory=list)

    def send(self, letter: Letter) -> Accepted:
        if self.faults:
            raise self.faults.pop(0)
        self.received.append(letter)
        sid = f"SM{len(self.received):032x}"
        self.listed.append((sid, letter))
        return Accepted(sid, "queued")

    def find(
        self, letter: Letter, *, since: datetime, besides: frozenset[str]
    ) -> Accepted | None:
        for sid, sent in self.listed:
            if (sent.to, sent.text) == (letter.to, letter.text) and sid not in besides:
                return Accepted(sid, "sent")
        return None

    def deliver(self, now: datetime = NOW) -> int:
        """Send all that waits, as the workers do."""
        sent = 0
        while deliver_next(list(Priority), gateway=self, clock=lambda: now) is not None:
            sent += 1
        return sent

    def of(self, number: str) -> list[str]:
        return [letter.text for letter in self.received if letter.to == number]


@pytest.fixture
def phones() -> Phones:
    return Phones()
