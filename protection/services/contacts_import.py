"""``contacts.csv`` (CONTRACT section 5): institutions, outlets and their people."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from protection.choices import (
    Channel,
    ContactRole,
    Language,
    Level,
    MethodKind,
    OnDuty,
    OrganisationKind,
)
from protection.models import Contact, Organisation
from protection.rules.wording import code_phrase_problem
from protection.services.people import put, put_method, within_state
from protection.services.spreadsheet import (
    Places,
    Row,
    note_duplicates,
    read_rows,
)

COLUMNS = [
    "code",
    "organisation",
    "organisation_name",
    "organisation_kind",
    "level",
    "state",
    "municipality",
    "name",
    "role",
    "phone",
    "email",
    "channel",
    "language",
    "code_phrase",
    "on_duty",
]
REQUIRED = ("code", "organisation", "role", "phone")


@dataclass(frozen=True, slots=True)
class ContactRow:
    line: int
    code: str
    organisation: str
    organisation_values: dict[str, Any]
    values: dict[str, Any]
    phone: str
    email: str
    channel: str


def read_contacts(path: Path) -> tuple[list[ContactRow], list[Row]]:
    """Parse the file; return the good rows, and the rows with problems."""
    rows = read_rows(path, required=REQUIRED, known=COLUMNS)
    note_duplicates(rows)
    places = Places.load()
    said: dict[str, dict[str, Any]] = {}
    parsed = [_parse(row, places, said) for row in rows]
    good = [one for row, one in zip(rows, parsed, strict=True) if not row.problems]
    return good, [row for row in rows if row.problems]


def _parse(row: Row, places: Places, said: dict[str, dict[str, Any]]) -> ContactRow:
    organisation = row.code("organisation")
    state, municipality = places.read(row)
    if not row.text("role"):
        row.bad("role", f"empty; one of: {', '.join(ContactRole.values)}")
    level = row.choice("level", Level.values, default="")
    if level == Level.STATE and not state:
        row.bad("state", "empty; a state body needs its state")
    if level == Level.MUNICIPAL and not municipality:
        row.bad("municipality", "empty; a municipal body needs its municipality")
    code_phrase = row.text("code_phrase", longest=20)
    if code_phrase and (problem := code_phrase_problem(code_phrase)):
        row.bad("code_phrase", problem)
    email = row.text("email", longest=254)
    if email and ("@" not in email or " " in email):
        row.bad("email", "not an e-mail address")
    organisation_values = _without_blanks(
        name=row.text("organisation_name", longest=200),
        kind=row.choice("organisation_kind", OrganisationKind.values, default=""),
        level=level,
        state_id=state if level in {Level.STATE, Level.MUNICIPAL} else None,
        municipality_id=municipality if level == Level.MUNICIPAL else None,
    )
    _check_agreement(row, organisation_values, said.setdefault(organisation, {}))
    return ContactRow(
        line=row.line,
        code=row.code("code"),
        organisation=organisation,
        organisation_values=organisation_values,
        values=_without_blanks(
            name=row.text("name"),
            role=row.choice("role", ContactRole.values, default=""),
            language=row.choice("language", Language.values, default=""),
            code_phrase=code_phrase,
            on_duty=row.choice("on_duty", OnDuty.values, default=""),
            state_id=state,
            municipality_id=municipality,
        ),
        phone=row.phone(
            "phone", allow_fictional=bool(settings.TWILIO_API_BASE_URL), required=True
        ),
        email=email,
        channel=row.choice("channel", Channel.values, default=""),
    )


_COLUMN_OF = {
    "name": "organisation_name",
    "kind": "organisation_kind",
    "level": "level",
    "state_id": "state",
    "municipality_id": "municipality",
}


def _check_agreement(row: Row, values: dict[str, Any], said: dict[str, Any]) -> None:
    """Two rows may not say different things of one organisation."""
    for name, value in values.items():
        if said.setdefault(name, value) != value:
            row.bad(
                _COLUMN_OF[name],
                "says something else of the same organisation than an earlier row",
            )


def _without_blanks(**values: Any) -> dict[str, Any]:
    """An empty cell never erases: what is stored stays, a new row takes defaults."""
    return {name: value for name, value in values.items() if value}


def save_contact(row: ContactRow, *, by: str, now: datetime) -> bool:
    """Write one row; return whether anything changed."""
    organisation, org_changed = put(
        Organisation,
        code=row.organisation,
        values=_organisation_values(row),
        by=by,
        now=now,
    )
    contact, changed = put(
        Contact,
        code=row.code,
        values=within_state(
            Contact, row.code, {"organisation": organisation, **row.values}
        ),
        by=by,
        now=now,
    )
    numbers = put_method(
        holder=contact,
        kind=MethodKind.PHONE,
        value=row.phone,
        channel=row.channel,
        position=1,
        by=by,
        now=now,
    )
    addresses = bool(row.email) and put_method(
        holder=contact,
        kind=MethodKind.EMAIL,
        value=row.email,
        channel=row.channel,
        position=2,
        by=by,
        now=now,
    )
    return org_changed or changed or numbers or addresses


def _organisation_values(row: ContactRow) -> dict[str, Any]:
    """A new organisation of which the row says little gets the usual kind."""
    if Organisation.objects.filter(code=row.organisation).exists():
        return row.organisation_values
    is_press = row.values["role"] in {ContactRole.MEDIA_OWNER, ContactRole.EDITOR}
    usual = OrganisationKind.MEDIA_OUTLET if is_press else OrganisationKind.OTHER
    return {"kind": usual, "level": Level.NONE, **row.organisation_values}
