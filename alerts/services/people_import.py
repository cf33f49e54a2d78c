"""``people.csv`` (CONTRACT section 5): who we protect and how they speak to us."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings

from alerts.choices import ReplyMode
from alerts.models import Enrolment, EscalationPolicy
from alerts.rules.commands import LONGEST_WORD, squashed
from alerts.services.enrolment import (
    SHORTEST_WORD,
    WORDS,
    put_enrolment,
    same_words,
)
from protection.choices import (
    Channel,
    ConsentPurpose,
    ConsentState,
    Language,
    MethodKind,
    OrganisationKind,
)
from protection.models import Consent, Organisation, Person
from protection.models.base import CODE
from protection.services.conflicts import record_conflict
from protection.services.consent import record_consent
from protection.services.people import put, put_method, within_state
from protection.services.spreadsheet import Places, Row, note_duplicates, read_rows

COLUMNS = [
    "code",
    "alias",
    "given_names",
    "family_names",
    "language",
    "state",
    "municipality",
    "outlet",
    "phone",
    "second_phone",
    "channel",
    "time_zone",
    "policy",
    "alert_word",
    "ok_word",
    "duress_word",
    "reply",
    "consents",
    "distrusts",
]
REQUIRED = ("code", "phone")


@dataclass(frozen=True, slots=True)
class PersonRow:
    line: int
    code: str
    values: dict[str, Any]
    outlet: str
    phones: list[str]
    channel: str
    enrolment: dict[str, Any]
    consents: list[str]
    distrusts: list[Organisation]


@dataclass(slots=True)
class _Known:
    """What a file may refer to, read once."""

    places: Places
    organisations: dict[str, Organisation]
    policies: dict[str, EscalationPolicy]
    zones: set[str]
    enrolments: dict[str, Enrolment]
    decided: dict[tuple[str, str], str]  # (person, purpose): consent state

    @classmethod
    def load(cls) -> "_Known":
        current = EscalationPolicy.objects.filter(is_current=True)
        return cls(
            places=Places.load(),
            organisations={row.code: row for row in Organisation.objects.all()},
            policies={policy.code: policy for policy in current},
            zones=available_timezones(),
            enrolments={
                enrolment.person.code: enrolment
                for enrolment in Enrolment.objects.select_related("person")
            },
            decided={
                (code, purpose): state
                for code, purpose, state in Consent.objects.current().values_list(
                    "person__code", "purpose", "state"
                )
            },
        )


def read_people(path: Path) -> tuple[list[PersonRow], list[Row]]:
    """Parse the file; return the good rows, and the rows with problems."""
    rows = read_rows(path, required=REQUIRED, known=COLUMNS)
    note_duplicates(rows)
    known = _Known.load()
    parsed = [_parse(row, known) for row in rows]
    good = [one for row, one in zip(rows, parsed, strict=True) if not row.problems]
    return good, [row for row in rows if row.problems]


def _parse(row: Row, known: _Known) -> PersonRow:
    code = row.code("code")
    state, municipality = known.places.read(row)
    values: dict[str, Any] = {
        "alias": row.text("alias", longest=80),
        "given_names": row.text("given_names"),
        "family_names": row.text("family_names"),
        "language": row.choice("language", Language.values, default=""),
        "state_id": state,
        "municipality_id": municipality,
        "time_zone": row.text("time_zone", longest=40),
    }
    if values["time_zone"] and values["time_zone"] not in known.zones:
        row.bad("time_zone", "not a time zone; write it as America/Tijuana")
    return PersonRow(
        line=row.line,
        code=code,
        values={name: value for name, value in values.items() if value},
        outlet=_outlet(row, known),
        phones=_phones(row),
        channel=row.choice("channel", Channel.values, default=""),
        enrolment=_enrolment(row, code, known),
        consents=_consents(row, code, known),
        distrusts=_distrusts(row, known),
    )


def _outlet(row: Row, known: _Known) -> str:
    code = row.text("outlet", longest=40)
    if not code:
        return ""
    organisation = known.organisations.get(code)
    if organisation and organisation.kind != OrganisationKind.MEDIA_OUTLET:
        row.bad("outlet", "the code of an organisation that is no media outlet")
    elif not CODE.fullmatch(code):
        row.bad("outlet", "not a code; use the outlet's code as in contacts.csv")
    return code


def _phones(row: Row) -> list[str]:
    allowed = bool(settings.TWILIO_API_BASE_URL)
    first = row.phone("phone", allow_fictional=allowed, required=True)
    second = row.phone("second_phone", allow_fictional=allowed, required=False)
    if second and first == second:
        row.bad("second_phone", "the same number as phone; leave it empty")
    return [number for number in (first, second) if number]


def _enrolment(row: Row, code: str, known: _Known) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in WORDS:
        written = row.text(column, longest=60)
        word = squashed(written)
        if not written:
            continue
        if not SHORTEST_WORD <= len(word) <= LONGEST_WORD:
            row.bad(
                column, f"needs {SHORTEST_WORD} to {LONGEST_WORD} letters or digits"
            )
        values[column] = word
    for column in same_words(known.enrolments.get(code), values):
        row.bad(column, "the same as another word of this person; choose another")
    if reply := row.choice("reply", ReplyMode.values, default=""):
        values["reply"] = reply
    if policy := row.text("policy", longest=40):
        if policy in known.policies:
            values["policy"] = known.policies[policy]
        else:
            row.bad("policy", f"not one of: {', '.join(sorted(known.policies))}")
    return values


def _consents(row: Row, code: str, known: _Known) -> list[str]:
    """A file never brings back a consent that was refused or withdrawn since."""
    purposes = row.choices("consents", ConsentPurpose.values)
    for purpose in purposes:
        state = known.decided.get((code, purpose), ConsentState.GIVEN)
        if state != ConsentState.GIVEN:
            row.bad(
                "consents",
                f"{purpose} is recorded as {state}; a new decision is recorded"
                " on the desk, not by a file",
            )
    return purposes


def _distrusts(row: Row, known: _Known) -> list[Organisation]:
    codes = row.items("distrusts")
    if any(code not in known.organisations for code in codes):
        row.bad(
            "distrusts",
            "an organisation code that is not known; import contacts.csv first and"
            " check the spelling: a mistake here would tell the wrong people",
        )
    return [known.organisations[code] for code in codes if code in known.organisations]


def save_person(row: PersonRow, *, by: str, now: datetime) -> bool:
    """Write one row; return whether anything changed. Empty cells erase nothing."""
    values = dict(row.values)
    if row.outlet:
        values["outlet"] = _put_outlet(row.outlet, by=by, now=now)
    values = within_state(Person, row.code, values)
    person, changed = put(Person, code=row.code, values=values, by=by, now=now)
    for position, phone in enumerate(row.phones, start=1):
        changed |= put_method(
            holder=person,
            kind=MethodKind.PHONE,
            value=phone,
            channel=row.channel,
            position=position,
            by=by,
            now=now,
        )
    changed |= put_enrolment(person=person, values=row.enrolment, by=by, now=now)
    for purpose in row.consents:
        changed |= record_consent(
            person=person,
            purpose=ConsentPurpose(purpose),
            state=ConsentState.GIVEN,
            by=by,
            now=now,
        )
    for organisation in row.distrusts:
        changed |= record_conflict(
            person=person, with_whom=organisation, by=by, now=now
        )
    return changed


def _put_outlet(code: str, *, by: str, now: datetime) -> Organisation:
    """An outlet nobody has described yet is known by its code until somebody does."""
    known = Organisation.objects.filter(code=code).first()
    if known:
        return known
    values = {"kind": OrganisationKind.MEDIA_OUTLET}
    return put(Organisation, code=code, values=values, by=by, now=now)[0]
