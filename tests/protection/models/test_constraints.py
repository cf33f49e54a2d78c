"""Every rule that PostgreSQL keeps, from both sides: refused, and accepted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from protection.choices import (
    Channel,
    ConsentPurpose,
    ConsentState,
    ContactRole,
    Language,
    Level,
    MethodKind,
    NumberState,
    OnDuty,
    OrganisationKind,
    Scope,
    UserRole,
)
from protection.models import (
    ApiToken,
    AuditEvent,
    ConflictOfInterest,
    Consent,
    Contact,
    ContactMethod,
    Heartbeat,
    Municipality,
    MunicipalityNeighbour,
    NonWorkingDay,
    Organisation,
    Person,
    State,
    StateNeighbour,
    User,
    WorkingCalendar,
)
from tests.factories import NOW, a_mechanism, a_municipality, a_state

Values = dict[str, Any]


@dataclass
class Rows:
    """What the rows under test refer to."""

    person: Person
    other: Person
    organisation: Organisation
    contact: Contact
    user: User
    xalapa: Municipality
    veracruz: Municipality


@pytest.fixture
def rows(db: None) -> Rows:
    mechanism = a_mechanism()
    calendar = WorkingCalendar.objects.create(code="cal", name="cal")
    NonWorkingDay.objects.create(
        calendar=calendar, date="2026-11-02", name="x", legal_basis="x"
    )
    a_state("02", "Baja California")
    return Rows(
        person=Person.objects.create(code="P-1"),
        other=Person.objects.create(code="P-2"),
        organisation=mechanism,
        contact=Contact.objects.create(
            code="C-1", organisation=mechanism, role=ContactRole.LIAISON
        ),
        user=User.objects.create(code="U-1", username="u1"),
        xalapa=a_municipality("30087", "Xalapa"),
        veracruz=a_municipality("30193", "Veracruz"),
    )


def refused_by(make: Callable[[], object]) -> str:
    """The constraint that refused the row."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        make()
    diagnostics = caught.value.__cause__.diag  # type: ignore[union-attr]
    return str(diagnostics.constraint_name)


# --- Values from a list ------------------------------------------------------------
def person(rows: Rows, **values: Any) -> Person:
    return Person.objects.create(**{"code": "P-9", **values})


def contact(rows: Rows, **values: Any) -> Contact:
    usual = {
        "code": "C-9",
        "organisation": rows.organisation,
        "role": ContactRole.EDITOR,
    }
    return Contact.objects.create(**{**usual, **values})


def organisation(rows: Rows, **values: Any) -> Organisation:
    usual = {
        "code": "O-9",
        "kind": OrganisationKind.OTHER,
        "state_id": "30",
        "municipality_id": "30087",
    }
    return Organisation.objects.create(**{**usual, **values})


def user(rows: Rows, **values: Any) -> User:
    return User.objects.create(**{"code": "U-9", "username": "u9", **values})


def consent(rows: Rows, **values: Any) -> Consent:
    usual = {
        "person": rows.person,
        "purpose": ConsentPurpose.RECEIVE_ALERTS,
        "state": ConsentState.GIVEN,
        "decided_at": NOW,
        "recorded_by": "test",
    }
    return Consent.objects.create(**{**usual, **values})


def method(rows: Rows, **values: Any) -> ContactMethod:
    usual = {"person": rows.person, "value": "+520010000009"}
    return ContactMethod.objects.create(**{**usual, **values})


def conflict(rows: Rows, **values: Any) -> ConflictOfInterest:
    usual = {"person": rows.person, "since": NOW, "recorded_by": "test"}
    return ConflictOfInterest.objects.create(**{**usual, **values})


def token(rows: Rows, **values: Any) -> ApiToken:
    usual = {"name": "partner", "digest": "d", "scopes": [Scope.ALERTS_READ]}
    return ApiToken.objects.create(**{**usual, **values})


LISTED: list[tuple[Any, str, Any, str]] = [
    (person, "language", Language, "protection_person_language"),
    (contact, "role", ContactRole, "protection_contact_role"),
    (contact, "on_duty", OnDuty, "protection_contact_on_duty"),
    (contact, "language", Language, "protection_contact_language"),
    (organisation, "kind", OrganisationKind, "protection_organisation_kind"),
    (organisation, "level", Level, "protection_organisation_level"),
    (user, "role", UserRole, "protection_user_role"),
    (consent, "purpose", ConsentPurpose, "protection_consent_purpose"),
    (consent, "state", ConsentState, "protection_consent_state"),
    (method, "kind", MethodKind, "protection_contactmethod_kind"),
    (method, "state", NumberState, "protection_contactmethod_state"),
    (method, "channel", Channel, "protection_contactmethod_channel"),
]


@pytest.mark.parametrize(
    ("make", "field", "constraint"),
    [(make, field, name) for make, field, _, name in LISTED],
    ids=[name for *_, name in LISTED],
)
@pytest.mark.parametrize("value", ["", "xx"], ids=["empty", "unknown"])
def test_value_outside_the_list_is_refused(rows, make, field, constraint, value):
    assert refused_by(lambda: make(rows, **{field: value})) == constraint


@pytest.mark.parametrize(
    ("make", "field", "value"),
    [(make, field, value) for make, field, known, _ in LISTED for value in known],
    ids=[f"{name}-{value}" for *_, known, name in LISTED for value in known],
)
def test_value_of_the_list_is_accepted(rows, make, field, value):
    assert getattr(make(rows, **{field: value}), field) == value


@pytest.mark.parametrize("scopes", [["cases:burn"], ["alerts:read", ""]])
def test_token_of_an_unknown_scope_is_refused(rows, scopes):
    assert refused_by(lambda: token(rows, scopes=scopes)) == (
        "protection_apitoken_known_scopes"
    )


@pytest.mark.parametrize("scopes", [[], ["alerts:read"], Scope.values])
def test_token_of_known_scopes_is_accepted(rows, scopes):
    assert token(rows, scopes=scopes).scopes == scopes


# --- Together or not at all --------------------------------------------------------
@pytest.mark.parametrize("sides", [(), ("person", "contact")], ids=["nobody", "both"])
def test_number_needs_one_holder(rows, sides):
    values = {"person": None, **{side: getattr(rows, side) for side in sides}}

    assert refused_by(lambda: method(rows, **values)) == (
        "protection_contactmethod_one_holder"
    )


@pytest.mark.parametrize("side", ["person", "contact"])
def test_number_has_one_holder(rows, side):
    made = method(rows, **{"person": None, side: getattr(rows, side)})

    assert getattr(made, side) == getattr(rows, side)


@pytest.mark.parametrize(
    "values", [{"bad_since": NOW}, {"bad_code": 30006}], ids=["time only", "code only"]
)
def test_bad_number_needs_time_and_code(rows, values):
    assert refused_by(lambda: method(rows, **values)) == (
        "protection_contactmethod_bad_pair"
    )


def test_bad_number_has_time_and_code(rows):
    assert method(rows, bad_since=NOW, bad_code=30006).bad_code == 30006


@pytest.mark.parametrize(
    "sides",
    [
        (),
        ("organisation", "contact"),
        ("organisation", "user"),
        ("contact", "user"),
        ("organisation", "contact", "user"),
    ],
    ids=" and ".join,
)
def test_conflict_needs_one_side(rows, sides):
    values = {side: getattr(rows, side) for side in sides}

    assert refused_by(lambda: conflict(rows, **values)) == (
        "protection_conflict_one_side"
    )


@pytest.mark.parametrize("side", ["organisation", "contact", "user"])
def test_conflict_with_one_side_is_accepted(rows, side):
    made = conflict(rows, **{side: getattr(rows, side)})

    assert getattr(made, side) == getattr(rows, side)


@pytest.mark.parametrize(
    "values",
    [
        {"level": "state", "state_id": None},
        {"level": "municipal", "municipality_id": None},
    ],
    ids=["state body without a state", "municipal body without a municipality"],
)
def test_local_body_needs_its_territory(rows, values):
    assert refused_by(lambda: organisation(rows, **values)) == (
        "protection_organisation_level_has_territory"
    )


@pytest.mark.parametrize("make", [person, contact, organisation])
def test_municipality_lies_in_the_state_of_the_row(rows, make):
    name = f"protection_{make.__name__}_in_own_state"
    a_state("09", "Ciudad de México")

    refused = refused_by(lambda: make(rows, state_id="09", municipality_id="30087"))
    accepted = make(rows, state_id="30", municipality_id="30087")

    assert (refused, accepted.municipality_id) == (name, "30087")


@pytest.mark.parametrize("level", ["federal", "none"])
def test_body_for_everywhere_needs_no_territory(rows, level):
    made = organisation(rows, level=level, state_id=None, municipality_id=None)

    assert made.level == level


# --- Once --------------------------------------------------------------------------
ONCE: dict[str, Callable[[Rows], object]] = {
    "protection_consent_one_current": lambda rows: consent(rows),
    "protection_conflict_one_organisation": lambda rows: conflict(
        rows, organisation=rows.organisation
    ),
    "protection_conflict_one_contact": lambda rows: conflict(
        rows, contact=rows.contact
    ),
    "protection_conflict_one_user": lambda rows: conflict(rows, user=rows.user),
    "protection_contactmethod_once": lambda rows: method(rows),
    "protection_stateneighbour_once": lambda rows: StateNeighbour.objects.create(
        state_id="30", neighbour_id="02"
    ),
    "protection_municipalityneighbour_once": lambda rows: (
        MunicipalityNeighbour.objects.create(
            municipality=rows.xalapa, neighbour=rows.veracruz
        )
    ),
    "protection_nonworkingday_once": lambda rows: NonWorkingDay.objects.create(
        calendar_id="cal", date="2026-12-25", name="x", legal_basis="x"
    ),
}


@pytest.mark.parametrize("constraint", ONCE)
def test_second_row_is_refused(rows, constraint):
    ONCE[constraint](rows)

    assert refused_by(lambda: ONCE[constraint](rows)) == constraint


SEVERAL: dict[str, list[Callable[[Rows], Any]]] = {
    "superseded consents": [
        lambda rows: consent(rows, superseded_at=NOW),
        lambda rows: consent(rows, superseded_at=NOW),
        lambda rows: consent(rows),
    ],
    "consents for two purposes": [
        lambda rows: consent(rows),
        lambda rows: consent(rows, purpose=ConsentPurpose.NOTIFY_OUTLET),
    ],
    "consents of two people": [
        lambda rows: consent(rows),
        lambda rows: consent(rows, person=rows.other),
    ],
    "ended conflicts": [
        lambda rows: conflict(rows, user=rows.user, ended_at=NOW),
        lambda rows: conflict(rows, user=rows.user, ended_at=NOW),
        lambda rows: conflict(rows, user=rows.user),
    ],
    "conflicts of two people": [
        lambda rows: conflict(rows, contact=rows.contact),
        lambda rows: conflict(rows, contact=rows.contact, person=rows.other),
    ],
    "a number two people share": [
        lambda rows: method(rows),
        lambda rows: method(rows, person=rows.other),
    ],
    "a number a person and a contact share": [
        lambda rows: method(rows),
        lambda rows: method(rows, person=None, contact=rows.contact),
    ],
    "a day off in two calendars": [
        lambda rows: WorkingCalendar.objects.create(code="other", name="x"),
        lambda rows: NonWorkingDay.objects.create(
            calendar_id="other", date="2026-11-02", name="x", legal_basis="x"
        ),
    ],
    "both directions of a border": [
        lambda rows: StateNeighbour.objects.create(state_id="30", neighbour_id="02"),
        lambda rows: StateNeighbour.objects.create(state_id="02", neighbour_id="30"),
    ],
}


@pytest.mark.parametrize("name", SEVERAL)
def test_several_rows_are_accepted(rows, name):
    made = [make(rows) for make in SEVERAL[name]]

    assert all(row.pk for row in made)


@pytest.mark.parametrize(
    ("make", "constraint"),
    [
        (
            lambda rows: StateNeighbour.objects.create(
                state_id="30", neighbour_id="30"
            ),
            "protection_stateneighbour_other",
        ),
        (
            lambda rows: MunicipalityNeighbour.objects.create(
                municipality=rows.xalapa, neighbour=rows.xalapa
            ),
            "protection_municipalityneighbour_other",
        ),
    ],
    ids=["state", "municipality"],
)
def test_nobody_is_their_own_neighbour(rows, make, constraint):
    assert refused_by(lambda: make(rows)) == constraint


@pytest.mark.parametrize(
    ("make", "clash"),
    [
        (person, {"code": "P-1"}),
        (contact, {"code": "C-1"}),
        (organisation, {"code": "MEC"}),
        (user, {"code": "U-1"}),
        (user, {"username": "u1"}),
    ],
    ids=["person", "contact", "organisation", "user", "user name"],
)
def test_code_is_unique(rows, make, clash):
    assert refused_by(lambda: make(rows, **clash)).endswith(("_key", "_uniq"))


@pytest.mark.parametrize("clash", ["name", "digest"])
def test_token_is_unique(rows, clash):
    token(rows)
    values = {"name": "another", "digest": "e"}
    del values[clash]

    assert refused_by(lambda: token(rows, **values)).endswith(f"{clash}_key")


def test_iso_code_of_a_state_is_unique(rows):
    clash = State(code="99", name="x", iso_code="MX-30", population=1)

    assert refused_by(clash.save).endswith("iso_code_key")


# --- The trail's place in the chain ------------------------------------------------
def event(rows: Rows, **values: Any) -> AuditEvent:
    """Past the triggers, as a superuser, so that only the constraint can refuse."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    usual = {"at": NOW, "actor": "a", "action": "b", "target_kind": "c", "target": "d"}
    return AuditEvent.objects.create(**usual, **values)


@pytest.mark.parametrize(
    "values", [{"position": 1}, {"digest": b"d"}], ids=["position only", "digest only"]
)
def test_half_sealed_audit_event_is_refused(rows, values):
    assert refused_by(lambda: event(rows, **values)) == (
        "protection_auditevent_sealed_pair"
    )


@pytest.mark.parametrize(
    "values", [{}, {"position": 1, "digest": b"d"}], ids=["unsealed", "sealed"]
)
def test_whole_audit_event_is_accepted(rows, values):
    assert event(rows, **values).position == values.get("position")


def test_constraint_speaks_to_people(rows):
    alone = ConflictOfInterest(person=rows.person, since=NOW, recorded_by="x")

    with (
        translation.override("en"),
        pytest.raises(ValidationError, match="Name one organisation"),
    ):
        alone.validate_constraints()


# --- A sign of life ----------------------------------------------------------------
def test_heartbeat_keeps_the_latest_time_only(db: None):
    earlier, later = NOW, timezone.now()

    Heartbeat.objects.beat("watchman", earlier)
    Heartbeat.objects.beat("watchman", later)

    assert list(Heartbeat.objects.values_list("name", "at")) == [("watchman", later)]


def test_every_constraint_is_tested_here():
    """A new constraint comes with its two tests."""
    tested = {name for *_, name in LISTED} | set(ONCE)
    tested |= {
        "protection_apitoken_known_scopes",
        "protection_auditevent_sealed_pair",
        "protection_conflict_one_side",
        "protection_contactmethod_bad_pair",
        "protection_contactmethod_one_holder",
        "protection_municipalityneighbour_other",
        "protection_contact_in_own_state",
        "protection_organisation_in_own_state",
        "protection_organisation_level_has_territory",
        "protection_person_in_own_state",
        "protection_stateneighbour_other",
    }
    of_ours = {
        constraint.name
        for model in (
            *(ApiToken, AuditEvent, ConflictOfInterest, Consent, Contact),
            *(ContactMethod, MunicipalityNeighbour, NonWorkingDay, Organisation),
            *(Person, StateNeighbour, User),
        )
        for constraint in model._meta.constraints
    }

    assert of_ours == tested
