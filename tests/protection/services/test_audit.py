from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction

from protection.models import AuditEvent, Person
from protection.rules.chain import GENESIS
from protection.services import audit
from protection.services.audit import (
    Verification,
    chain_head,
    record,
    seal_audit,
    verify_audit,
)
from tests.factories import NOW

TABLE = "protection_auditevent"


@pytest.fixture
def person(db: None) -> Person:
    return Person.objects.create(code="P-1", alias="Jacaranda")


def note(person: Person, *actions: str) -> None:
    for action in actions:
        record(action, person, by="user:U-1", now=NOW, fields=["alias"])


def sql(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@contextmanager
def triggers_off() -> Iterator[None]:
    """What whoever owns the database server can do, and nobody else."""
    sql("SET session_replication_role = replica")
    yield
    sql("SET session_replication_role = origin")


# --- Recorded ----------------------------------------------------------------------
def test_event_names_who_did_what_to_whom_by_code(person: Person):
    note(person, "desk.viewed")

    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.target_kind, event.target) == (
        "user:U-1",
        "desk.viewed",
        "protection.person",
        "P-1",
    )
    assert (event.at, event.details) == (NOW, {"fields": ["alias"]})


def test_event_is_undone_with_the_transaction_it_speaks_of(person: Person):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note(person, "desk.changed")
        _ = 1 / 0

    assert AuditEvent.objects.count() == 0


def test_event_outlives_whom_it_speaks_of(person: Person):
    note(person, "desk.viewed")

    person.delete()

    assert AuditEvent.objects.get().target == "P-1"


# --- Append-only -------------------------------------------------------------------
def refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        sql(statement)
    return str(caught.value).splitlines()[0]


@pytest.mark.parametrize("is_sealed", [False, True], ids=["unsealed", "sealed"])
@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET target = 'P-2'",
        f"UPDATE {TABLE} SET details = '{{}}'",
        f"UPDATE {TABLE} SET at = now()",
        f"UPDATE {TABLE} SET position = 9, digest = '\\x00', target = 'P-2'",
        f"UPDATE {TABLE} SET position = NULL, digest = NULL",
        f"UPDATE {TABLE} SET actor = actor",
        f"DELETE FROM {TABLE}",
        f"TRUNCATE {TABLE}",
        f"TRUNCATE {TABLE} CASCADE",
    ],
)
def test_trail_refuses(person: Person, statement: str, is_sealed: bool):
    note(person, "desk.viewed")
    if is_sealed:
        seal_audit()

    assert refused(statement) == "The audit trail is append-only."


def test_sealed_event_cannot_be_sealed_again(person: Person):
    note(person, "desk.viewed")
    seal_audit()

    assert refused(f"UPDATE {TABLE} SET position = 9, digest = '\\x00'") == (
        "The audit trail is append-only."
    )


def test_event_cannot_be_written_as_if_sealed(db: None):
    assert (
        refused(
            f"INSERT INTO {TABLE} (at, actor, action, target_kind, target, details,"
            " position, digest) VALUES (now(), 'a', 'b', 'c', 'd', '{}', 1, '\\x00')"
        )
        == "An audit event is sealed after it is written, in order."
    )


@pytest.mark.parametrize("change", ["update", "delete"])
def test_trail_refuses_the_orm(person: Person, change: str):
    note(person, "desk.viewed")
    events = AuditEvent.objects.all()

    with pytest.raises(DatabaseError), transaction.atomic():
        events.update(actor="x") if change == "update" else events.delete()

    assert AuditEvent.objects.get().actor == "user:U-1"


# --- Sealed ------------------------------------------------------------------------
def test_events_are_sealed_in_the_order_they_were_written(person: Person):
    note(person, "a", "b", "c")

    sealed = seal_audit()

    assert sealed == 3
    assert list(
        AuditEvent.objects.order_by("id").values_list("action", "position")
    ) == [("a", 1), ("b", 2), ("c", 3)]


def test_sealing_goes_on_where_it_stopped(person: Person):
    note(person, "a", "b")
    seal_audit()
    note(person, "c")

    assert (seal_audit(), chain_head()[0]) == (1, 3)


def test_sealing_twice_changes_nothing(person: Person):
    note(person, "a")
    seal_audit()
    head = chain_head()

    assert (seal_audit(), chain_head()) == (0, head)


def test_sealing_goes_batch_by_batch(person: Person, monkeypatch):
    monkeypatch.setattr(audit, "BATCH", 2)
    note(person, "a", "b", "c", "d", "e")

    assert (seal_audit(), verify_audit().broken_at) == (5, None)


def test_empty_trail_has_the_first_head(db: None):
    assert (seal_audit(), chain_head()) == (0, (0, GENESIS))


# --- Verified ----------------------------------------------------------------------
def test_chain_that_was_left_alone_holds(person: Person):
    note(person, "a", "b", "c")
    seal_audit()
    note(person, "d")

    assert verify_audit() == Verification(
        sealed=3, unsealed=1, head=chain_head()[1], broken_at=None
    )


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'user:U-2'",
        "action = 'desk.nothing'",
        "target = 'P-2'",
        "target_kind = 'protection.contact'",
        "details = '{}'",
        "at = at + interval '1 microsecond'",
        "digest = '\\x00'",
    ],
)
def test_changed_event_is_found(person: Person, change: str):
    note(person, "a", "b", "c")
    seal_audit()
    with triggers_off():
        sql(f"UPDATE {TABLE} SET {change} WHERE position = 2")

    assert verify_audit().broken_at == 2


@pytest.mark.parametrize("position", [1, 2])
def test_removed_event_is_found(person: Person, position: int):
    note(person, "a", "b", "c")
    seal_audit()
    with triggers_off():
        sql(f"DELETE FROM {TABLE} WHERE position = %s", position)

    assert verify_audit().broken_at == position


def test_removed_event_is_found_when_the_rest_is_renumbered(person: Person):
    note(person, "a", "b", "c")
    seal_audit()
    with triggers_off():
        sql(f"DELETE FROM {TABLE} WHERE position = 2")
        sql(f"UPDATE {TABLE} SET position = 2 WHERE position = 3")

    assert verify_audit().broken_at == 2


def test_gap_before_the_last_event_is_found(person: Person):
    note(person, "a", "b")
    seal_audit()
    with triggers_off():
        sql(f"UPDATE {TABLE} SET position = 9 WHERE position = 2")

    assert verify_audit().broken_at == 2


def test_swapped_events_are_found(person: Person):
    note(person, "a", "b")
    seal_audit()
    with triggers_off():
        sql(f"UPDATE {TABLE} SET position = 3 WHERE position = 1")
        sql(f"UPDATE {TABLE} SET position = 1 WHERE position = 2")
        sql(f"UPDATE {TABLE} SET position = 2 WHERE position = 3")

    assert verify_audit().broken_at == 1


def test_end_cut_off_shows_in_the_head(person: Person):
    """The chain alone cannot know its end: that is why the head is noted elsewhere."""
    note(person, "a", "b")
    seal_audit()
    noted = chain_head()
    with triggers_off():
        sql(f"DELETE FROM {TABLE} WHERE position = 2")

    assert (verify_audit().broken_at, chain_head() == noted) == (None, False)


# --- At the same time --------------------------------------------------------------
def in_thread(work, barrier: Barrier) -> int:
    try:
        barrier.wait(timeout=10)
        return work()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_two_sealers_make_one_chain(monkeypatch):
    monkeypatch.setattr(audit, "BATCH", 7)
    person = Person.objects.create(code="P-1")
    note(person, *(f"a{number}" for number in range(200)))
    barrier = Barrier(4)

    with ThreadPoolExecutor(4) as pool:
        counts = [pool.submit(in_thread, seal_audit, barrier) for _ in range(4)]
        sealed = sum(count.result() for count in counts)
    sealed += seal_audit()

    assert (sealed, verify_audit().broken_at, verify_audit().sealed) == (200, None, 200)


@pytest.mark.django_db(transaction=True)
def test_event_committed_late_is_sealed_later():
    person = Person.objects.create(code="P-1")
    started, finish = Barrier(2), Barrier(2)

    def slow_writer() -> int:
        with transaction.atomic():
            note(person, "slow")
            started.wait(timeout=10)
            finish.wait(timeout=10)
        return 1

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(in_thread, slow_writer, Barrier(1))
        started.wait(timeout=10)
        note(person, "quick")
        first = seal_audit()
        finish.wait(timeout=10)
        slow.result()
    second = seal_audit()

    assert (first, second, verify_audit().broken_at) == (1, 1, None)
    assert list(
        AuditEvent.objects.order_by("position").values_list("action", flat=True)
    ) == ["quick", "slow"]
