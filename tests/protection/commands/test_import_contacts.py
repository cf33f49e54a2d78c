from pathlib import Path

import pytest

from protection.models import AuditEvent, Contact, ContactMethod, Organisation
from protection.services.contacts_import import COLUMNS
from tests.protection.commands.support import Said, all_rows, run

pytestmark = pytest.mark.usefixtures("places")

DIEGO = {
    "code": "DIEGO",
    "organisation": "MEC",
    "organisation_name": "Mecanismo",
    "organisation_kind": "mechanism",
    "level": "federal",
    "name": "Diego Alcántara",
    "role": "duty_officer",
    "phone": "+52 00 2000 0001",
    "email": "diego@ejemplo.mx",
    "code_phrase": "FARO",
}
HUGO = {
    "code": "HUGO",
    "organisation": "UE-VER",
    "organisation_kind": "authority",
    "level": "state",
    "state": "30",
    "name": "Hugo Bárcena",
    "role": "liaison",
    "phone": "+520020000004",
    "on_duty": "roster",
    "language": "en",
    "channel": "whatsapp",
}
SECRETS = ("Diego", "Alcántara", "Hugo", "Bárcena", "2000", "ejemplo.mx", "FARO")


@pytest.fixture
def file(tmp_path: Path):
    def write(*rows: dict[str, str]) -> Path:
        lines = [COLUMNS, *([row.get(name, "") for name in COLUMNS] for row in rows)]
        path = tmp_path / "contacts.csv"
        path.write_text("\n".join(",".join(line) for line in lines), encoding="utf-8")
        return path

    return write


def load(path: Path, **options) -> Said:
    return run("import_contacts", path, **options)


def problems_of(file, **changes: str) -> list[str]:
    said = load(file({**DIEGO, **changes}))
    assert Contact.objects.count() == 0
    return said.lines


def test_contact_is_imported_with_organisation_and_numbers(file):
    said = load(file(DIEGO))

    contact = Contact.objects.get(code="DIEGO")
    assert said == Said("Rows read: 1; changed: 1.\n", "", "")
    assert (contact.name, contact.code_phrase, contact.organisation.name) == (
        "Diego Alcántara",
        "FARO",
        "Mecanismo",
    )
    assert [(m.kind, m.value) for m in contact.methods.all()] == [
        ("phone", "+520020000001"),
        ("email", "diego@ejemplo.mx"),
    ]


def test_contact_keeps_every_column(file):
    load(file(HUGO))

    contact = Contact.objects.select_related("organisation").get()
    method = contact.methods.get()
    assert (contact.role, contact.on_duty, contact.language, contact.state_id) == (
        "liaison",
        "roster",
        "en",
        "30",
    )
    assert (method.channel, contact.organisation.kind) == ("whatsapp", "authority")
    assert (contact.organisation.level, contact.organisation.state_id) == (
        "state",
        "30",
    )


def test_only_four_columns_are_required(tmp_path: Path):
    path = tmp_path / "contacts.csv"
    path.write_text("code,organisation,role,phone\nC-1,O-1,editor,+520020000009\n")

    said = load(path)

    organisation = Organisation.objects.get()
    assert said.failure == ""
    assert (organisation.kind, organisation.level) == ("media_outlet", "none")


def test_organisation_of_which_nothing_is_said_is_of_no_special_kind(file):
    load(file({"code": "C-1", "organisation": "O-1", **_role_and_phone("liaison")}))

    assert Organisation.objects.get().kind == "other"


def _role_and_phone(role: str) -> dict[str, str]:
    return {"role": role, "phone": "+520020000009"}


# --- Twice -------------------------------------------------------------------------
def test_second_run_changes_nothing(file):
    path = file(DIEGO, HUGO)
    load(path)
    before = all_rows()

    said = load(path)

    assert (said.out, all_rows()) == ("Rows read: 2; changed: 0.\n", before)


def test_empty_cell_erases_nothing(file):
    load(file(DIEGO))

    load(file({**DIEGO, "name": "", "code_phrase": "", "email": "", "level": ""}))

    contact = Contact.objects.get()
    assert (contact.name, contact.code_phrase, contact.methods.count()) == (
        "Diego Alcántara",
        "FARO",
        2,
    )


def test_changed_number_is_tried_first_from_now_on(file):
    load(file(DIEGO))

    load(file({**DIEGO, "phone": "+520020000099"}))

    assert [m.value for m in Contact.objects.get().methods.filter(kind="phone")] == [
        "+520020000099",
        "+520020000001",
    ]


def test_change_is_audited_by_field(file):
    load(file(DIEGO))

    load(file({**DIEGO, "name": "Diego Pons"}))

    latest = AuditEvent.objects.latest("id")
    assert (latest.actor, latest.action, latest.target, latest.details) == (
        "import",
        "contact.amended",
        "DIEGO",
        {"fields": ["name"]},
    )


def test_trail_holds_no_name_or_number(file):
    load(file(DIEGO, HUGO))

    said = str(list(AuditEvent.objects.values_list("target", "details", "actor")))
    assert [secret for secret in SECRETS if secret in said] == []


# --- All or nothing ----------------------------------------------------------------
def test_dry_run_writes_nothing(file):
    before = all_rows()

    said = load(file(DIEGO, HUGO), dry_run=True)

    assert (said.out, all_rows()) == ("Rows read: 2; would change: 2.\n", before)


def test_one_bad_row_stops_the_whole_file(file):
    before = all_rows()

    said = load(file(DIEGO, {**HUGO, "role": "jefe"}))

    assert said.failure == (
        "1 of 2 rows cannot be used; nothing was imported."
        " Correct them and run the command again."
    )
    assert all_rows() == before


def test_every_bad_row_is_named(file):
    said = load(file({**DIEGO, "phone": "x"}, {**HUGO, "level": "x", "state": "99"}))

    assert said.lines == [
        "line 2, column phone: letters or signs that no number has;"
        " write the country code, in Mexico +52 and ten digits",
        "line 3, column state: not an INEGI code of 2 digits, such as 09",
        "line 3, column level: not one of: federal, state, municipal, none",
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"code": ""}, "column code: empty; every row needs a code"),
        (
            {"organisation": ""},
            "column organisation: empty; every row needs a code",
        ),
        (
            {"role": ""},
            "column role: empty; one of:"
            " duty_officer, liaison, coordinator, media_owner, editor",
        ),
        (
            {"phone": ""},
            "column phone: empty; a number in the form +52 and ten digits",
        ),
        ({"email": "diego"}, "column email: not an e-mail address"),
        (
            {"code_phrase": "PROTECCIÓN"},
            "column code_phrase: not usable in a text: use a neutral word of common"
            " letters, without links, long numbers or words about protection",
        ),
        (
            {"level": "state"},
            "column state: empty; a state body needs its state",
        ),
        (
            {"level": "municipal"},
            "column municipality: empty; a municipal body needs its municipality",
        ),
        (
            {"organisation_kind": "banco"},
            "column organisation_kind: not one of: mechanism, authority, prosecutor,"
            " police, media_outlet, press_freedom, other",
        ),
        ({"on_duty": "x"}, "column on_duty: not one of: always, roster"),
        ({"channel": "x"}, "column channel: not one of: sms, whatsapp"),
        ({"language": "x"}, "column language: not one of: es, en"),
    ],
    ids=lambda case: " ".join(case) if isinstance(case, dict) else "",
)
def test_bad_cell_is_named_with_what_would_be_right(file, changes, problem):
    assert problems_of(file, **changes) == [f"line 2, {problem}"]


def test_rows_that_disagree_on_an_organisation_are_refused(file):
    said = load(file(DIEGO, {**DIEGO, "code": "NADIA", "organisation_kind": "police"}))

    assert said.lines == [
        "line 3, column organisation_kind: says something else of the same"
        " organisation than an earlier row"
    ]


def test_duplicate_code_is_refused(file):
    said = load(file(DIEGO, HUGO, DIEGO))

    assert said.lines == [
        "line 4, column code: the same code as line 2; one row per code"
    ]


def test_fictional_number_is_refused_beside_the_real_provider(file, settings):
    settings.TWILIO_API_BASE_URL = ""

    assert problems_of(file) == [
        "line 2, column phone: a number of the demonstration range;"
        " write the country code, in Mexico +52 and ten digits"
    ]


# --- Discretion --------------------------------------------------------------------
@pytest.mark.parametrize("column", COLUMNS)
def test_nothing_said_quotes_a_cell(file, column: str):
    said = load(file({**DIEGO, column: "Diego Alcántara 0020000001 diego@ejemplo.mx"}))

    assert [secret for secret in SECRETS if secret in said.everything] == []


def test_unreadable_file_is_refused_without_traceback(tmp_path: Path):
    path = tmp_path / "contacts.csv"
    path.write_bytes("code,name\nC-1,Bárcena\n".encode("latin-1"))

    said = load(path)

    assert (said.out, said.failure) == (
        "",
        "The file is not in UTF-8 (line 2). Save it again as 'CSV UTF-8';"
        " nothing was imported.",
    )


def test_numbers_are_not_stored_readable(file):
    load(file(DIEGO))

    stored = ContactMethod.objects.values_list("value", flat=True)
    assert [value for value in stored if b"0020000001" in bytes(value)] == []
