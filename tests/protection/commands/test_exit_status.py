"""What a script or a timer learns of a command: 0 only when all went well."""

from pathlib import Path

import pytest
from django.core.management import execute_from_command_line
from django.db import connection

from protection.models import AuditEvent, Person
from protection.services.audit import record, seal_audit
from tests.factories import NOW


def status_of(*arguments: str) -> int:
    try:
        execute_from_command_line(["manage.py", *arguments])
    except SystemExit as left:
        return int(left.code or 0)
    return 0


@pytest.mark.parametrize("command", ["import_people", "import_contacts"])
def test_import_of_an_unreadable_file_fails(command: str, tmp_path: Path):
    assert status_of(command, str(tmp_path / "no.csv")) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("line", "status"), [("C-1,O-1,editor,+520020000009", 0), ("C-1,O-1,editor,x", 1)]
)
def test_import_succeeds_when_all_rows_are_in(tmp_path: Path, line: str, status: int):
    file = tmp_path / "contacts.csv"
    file.write_text(f"code,organisation,role,phone\n{line}\n")

    assert status_of("import_contacts", str(file)) == status


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("actor", "status"), [("test", 0), ("nobody", 1)])
def test_verify_succeeds_when_the_chain_holds(actor: str, status: int):
    record("a", Person.objects.create(code="P-1"), by="test", now=NOW)
    seal_audit()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        AuditEvent.objects.update(actor=actor)
        cursor.execute("SET session_replication_role = origin")

    assert status_of("verify_audit") == status
