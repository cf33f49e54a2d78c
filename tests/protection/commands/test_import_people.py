from pathlib import Path

import pytest

from alerts.models import Enrolment
from alerts.services.people_import import COLUMNS
from protection.choices import ConsentPurpose, ConsentState, OrganisationKind
from protection.models import (
    AuditEvent,
    ConflictOfInterest,
    Consent,
    Organisation,
    Person,
)
from tests.factories import an_organisation, consent
from tests.protection.commands.support import Said, all_rows, run

pytestmark = pytest.mark.usefixtures("places", "policies")

ELENA = {
    "code": "P-1",
    "alias": "Jacaranda",
    "given_names": "Elena",
    "family_names": "Rivas Montero",
    "language": "es",
    "state": "30",
    "municipality": "30087",
    "outlet": "NIEBLA",
    "phone": "+52 00 1000 0001",
    "second_phone": "+520010000011",
    "time_zone": "America/Tijuana",
    "policy": "urgente",
    "alert_word": "girasol",
    "ok_word": "llegué bien",
    "duress_word": "llegué muy bien",
    "reply": "neutral",
    "consents": "receive_alerts;notify_outlet",
    "distrusts": "POL",
}
TOMAS = {"code": "P-2", "given_names": "Tomás", "phone": "+520010000002"}
SECRETS = ("Elena", "Rivas", "Jacaranda", "Tomás", "girasol", "llegu", "1000")


@pytest.fixture(autouse=True)
def police(db: None) -> Organisation:
    return an_organisation("POL", OrganisationKind.POLICE)


@pytest.fixture
def file(tmp_path: Path):
    def write(*rows: dict[str, str], name: str = "people.csv") -> Path:
        lines = [COLUMNS, *([row.get(name, "") for name in COLUMNS] for row in rows)]
        path = tmp_path / name
        path.write_text("\n".join(",".join(line) for line in lines), encoding="utf-8")
        return path

    return write


def load(path: Path, **options) -> Said:
    return run("import_people", path, **options)


def problems_of(file, **changes: str) -> list[str]:
    said = load(file({**ELENA, **changes}))
    assert Person.objects.count() == 0
    return said.lines


# --- What is written ---------------------------------------------------------------
def test_person_is_imported(file):
    said = load(file(ELENA))

    person = Person.objects.get()
    assert said == Said("Rows read: 1; changed: 1.\n", "", "")
    assert (person.alias, person.given_names, person.family_names) == (
        "Jacaranda",
        "Elena",
        "Rivas Montero",
    )
    assert (person.municipality_id, person.time_zone, person.outlet) == (
        "30087",
        "America/Tijuana",
        Organisation.objects.get(code="NIEBLA"),
    )


def test_numbers_are_imported_in_order(file):
    load(file(ELENA))

    assert [m.value for m in Person.objects.get().methods.all()] == [
        "+520010000001",
        "+520010000011",
    ]


def test_consents_and_distrust_are_imported(file, police: Organisation):
    load(file(ELENA))

    assert sorted(Consent.objects.given().values_list("purpose", flat=True)) == [
        "notify_outlet",
        "receive_alerts",
    ]
    assert ConflictOfInterest.objects.get().organisation == police


def test_words_are_stored_as_fingerprints(file):
    load(file(ELENA))

    enrolment = Enrolment.objects.get()
    words = {enrolment.alert_word, enrolment.ok_word, enrolment.duress_word}
    assert (len(words), {len(word) for word in words}) == (3, {32})
    assert (enrolment.reply, str(enrolment.policy)) == ("neutral", "urgente v1")


def test_two_columns_are_enough(tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text("code;phone\nP-1;+520010000001\n", encoding="utf-8-sig")

    assert (load(path).failure, Person.objects.get().language) == ("", "es")


def test_ok_word_that_begins_the_duress_word_is_accepted(file):
    said = load(file({**ELENA, "ok_word": "ya comi", "duress_word": "ya comi bien"}))

    assert (said.failure, Enrolment.objects.count()) == ("", 1)


# --- Twice -------------------------------------------------------------------------
def test_second_run_changes_nothing(file):
    path = file(ELENA, TOMAS)
    load(path)
    before = all_rows()

    said = load(path)

    assert (said.out, all_rows()) == ("Rows read: 2; changed: 0.\n", before)


def test_empty_cells_erase_nothing(file):
    load(file(ELENA))
    before = all_rows()

    said = load(file({"code": "P-1", "phone": ELENA["phone"]}))

    assert (said.out, all_rows()) == ("Rows read: 1; changed: 0.\n", before)


def test_changed_cell_changes_its_field_only(file):
    load(file(ELENA))

    load(file({**ELENA, "alias": "Colibrí"}))

    event = AuditEvent.objects.latest("id")
    assert (event.action, event.details) == ("person.amended", {"fields": ["alias"]})


def test_withdrawn_consent_is_not_brought_back(file):
    load(file(ELENA))
    consent(Person.objects.get(), ConsentPurpose.NOTIFY_OUTLET, ConsentState.WITHDRAWN)

    said = load(file(ELENA))

    assert said.lines == [
        "line 2, column consents: notify_outlet is recorded as withdrawn;"
        " a new decision is recorded on the desk, not by a file"
    ]
    assert list(Consent.objects.given().values_list("purpose", flat=True)) == [
        "receive_alerts"
    ]


def test_consent_left_out_of_the_file_is_not_withdrawn(file):
    load(file(ELENA))

    load(file({**ELENA, "consents": "receive_alerts"}))

    assert Consent.objects.given().count() == 2


# --- All or nothing ----------------------------------------------------------------
def test_dry_run_writes_nothing(file):
    before = all_rows()

    said = load(file(ELENA, TOMAS), dry_run=True)

    assert (said.out, all_rows()) == ("Rows read: 2; would change: 2.\n", before)


def test_dry_run_names_problems_too(file):
    said = load(file({**ELENA, "phone": ""}), dry_run=True)

    assert (len(said.lines), said.failure[:20]) == (1, "1 of 1 rows cannot b")


def test_one_bad_row_stops_the_whole_file(file):
    before = all_rows()

    said = load(file(ELENA, {**TOMAS, "phone": "911"}))

    assert said.failure == (
        "1 of 2 rows cannot be used; nothing was imported."
        " Correct them and run the command again."
    )
    assert all_rows() == before


SAME_WORD = "the same as another word of this person; choose another"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"code": "Elena Rivas"}, "code: not a code; use 1 to 40 letters, digits,"),
        ({"phone": "Elena"}, "phone: letters or signs that no number has; write"),
        ({"phone": "1 500 555 0006"}, "phone: eleven digits that begin with 1"),
        ({"second_phone": "+5200"}, "second_phone: too few or too many digits;"),
        ({"second_phone": ELENA["phone"]}, "second_phone: the same number as phone;"),
        ({"language": "nah"}, "language: not one of: es, en"),
        ({"municipality": "02004"}, "municipality: not an INEGI code of 5 digits"),
        ({"municipality": "30193", "state": "02"}, "municipality: lies in another"),
        ({"outlet": "POL"}, "outlet: the code of an organisation that is no media"),
        ({"outlet": "Niebla S.A."}, "outlet: not a code; use the outlet's code"),
        ({"time_zone": "Tijuana"}, "time_zone: not a time zone; write it as America"),
        ({"policy": "lenta"}, "policy: not one of: revisar, urgente"),
        ({"reply": "mucho"}, "reply: not one of: none, neutral"),
        ({"channel": "paloma"}, "channel: not one of: sms, whatsapp"),
        ({"consents": "todo"}, "consents: a list separated by ; of: receive_alerts"),
        ({"distrusts": "POLI"}, "distrusts: an organisation code that is not known;"),
        ({"ok_word": "Girasol!"}, f"ok_word: {SAME_WORD}"),
        ({"duress_word": "GIRASÓL"}, f"duress_word: {SAME_WORD}"),
        ({"duress_word": "llegue-bien"}, f"duress_word: {SAME_WORD}"),
        ({"alert_word": "a"}, "alert_word: needs 2 to 60 letters or digits"),
        ({"alert_word": "¡!"}, "alert_word: needs 2 to 60 letters or digits"),
    ],
    ids=lambda case: "-".join(case) if isinstance(case, dict) else "",
)
def test_bad_cell_is_named(file, changes: dict[str, str], problem: str):
    (said,) = problems_of(file, **changes)

    assert said[: len(problem) + 15] == f"line 2, column {problem}"


def test_duplicate_code_is_refused(file):
    said = load(file(ELENA, {**TOMAS, "code": "P-1"}))

    assert said.lines == [
        "line 3, column code: the same code as line 2; one row per code"
    ]


def test_word_equal_to_a_stored_one_is_refused_as_a_row(file):
    """The other words of the row are in the database, not in the file."""
    load(file(ELENA))

    said = load(file({**TOMAS, "code": "P-1", "duress_word": "girasol"}))

    assert [line.split(":")[0] for line in said.lines] == ["line 2, column duress_word"]


def test_whoever_moves_to_another_state_leaves_the_old_municipality(file):
    """Or the police of the town they fled from would still be woken."""
    load(file({"code": "P-1", "phone": "+520010000001", "municipality": "30193"}))

    load(file({"code": "P-1", "phone": "+520010000001", "state": "02"}))

    person = Person.objects.get()
    assert (person.state_id, person.municipality_id) == ("02", None)


def test_file_without_a_channel_keeps_the_one_that_is_known(file):
    load(file({"code": "P-1", "phone": "+520010000001", "channel": "whatsapp"}))

    load(file({"code": "P-1", "phone": "+520010000001"}))

    assert Person.objects.get().methods.get().channel == "whatsapp"


# --- Discretion --------------------------------------------------------------------
@pytest.mark.parametrize("column", COLUMNS)
def test_nothing_said_quotes_a_cell(file, column: str):
    said = load(file({**ELENA, column: "Elena Rivas 0010000001 girasol"}))

    assert [secret for secret in SECRETS if secret in said.everything] == []


def test_trail_holds_no_name_word_or_number(file):
    load(file(ELENA, TOMAS))

    said = str(list(AuditEvent.objects.values_list("target", "details", "actor")))
    assert [secret for secret in SECRETS if secret in said] == []


def test_two_people_may_share_a_number(file):
    said = load(file(ELENA, {**TOMAS, "phone": ELENA["phone"]}))

    assert (said.failure, Person.objects.count()) == ("", 2)
