import pytest
from django.db import connection

from protection.models import AuditEvent, Person
from protection.services.audit import chain_head, record
from tests.factories import NOW
from tests.protection.commands.support import run


@pytest.fixture
def trail(db: None) -> None:
    person = Person.objects.create(code="P-1")
    for action in ("a", "b", "c"):
        record(action, person, by="test", now=NOW)


def test_verify_seals_first_and_prints_the_head(trail: None):
    said = run("verify_audit")

    assert (said.failure, said.out.splitlines()) == (
        "",
        [
            "Sealed events: 3",
            "Not yet sealed: 0",
            f"Head: {chain_head()[1].hex()}",
            "The chain holds. Note position and head outside this host.",
        ],
    )


def test_verify_fails_where_the_chain_breaks(trail: None):
    run("verify_audit")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        AuditEvent.objects.filter(position=2).update(actor="nobody")
        cursor.execute("SET session_replication_role = origin")

    said = run("verify_audit")

    assert said.failure == (
        "The chain breaks at position 2: an event was changed or removed there."
        " Keep this database as it is and compare with the last head you noted"
        " elsewhere."
    )
