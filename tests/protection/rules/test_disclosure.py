"""The whole table of CONTRACT 8.3, 8.4 and 8.10: who may be told of whose alert."""

from dataclasses import replace
from uuid import uuid4

import pytest

from protection.choices import (
    ConsentPurpose,
    ContactRole,
    Level,
    NumberState,
    OrganisationKind,
)
from protection.rules.disclosure import (
    NOBODY_KNOWN,
    ContactFacts,
    NumberFacts,
    PersonFacts,
    Refusal,
    covers,
    refusal_to_answer,
    refusal_to_tell,
    refusal_to_use,
    refusal_to_wake,
)

OUTLET, ORGANISATION, CONTACT = uuid4(), uuid4(), uuid4()
ELENA = PersonFacts(
    state="30", municipality="30087", outlet=OUTLET, consents=frozenset()
)
INSTITUTIONS = ("authority", "prosecutor", "police", "press_freedom", "other")


def consenting(*purposes: str) -> PersonFacts:
    return replace(ELENA, consents=frozenset(purposes))


def a_contact(kind: str = "mechanism", **facts) -> ContactFacts:
    usual = ContactFacts(
        contact=CONTACT,
        organisation=ORGANISATION,
        organisation_kind=kind,
        level=Level.FEDERAL,
        role=ContactRole.DUTY_OFFICER,
        state=None,
        municipality=None,
        is_active=True,
        is_on_shift=True,
    )
    return replace(usual, **facts)


EVERYTHING = consenting(*ConsentPurpose.values)
NOTIFY_AUTHORITIES = consenting("notify_authorities")
NOTIFY_OUTLET = consenting("notify_outlet")
NO_CONSENT, CONFLICT = Refusal.NO_CONSENT, Refusal.CONFLICT


# --- Consent -----------------------------------------------------------------------
@pytest.mark.parametrize("level", Level.values)
def test_mechanism_needs_no_consent(level: str):
    assert refusal_to_tell(a_contact("mechanism", level=level), ELENA) is None


@pytest.mark.parametrize("kind", INSTITUTIONS)
def test_institution_is_told_with_consent_to_notify_authorities(kind: str):
    assert refusal_to_tell(a_contact(kind), NOTIFY_AUTHORITIES) is None


@pytest.mark.parametrize("kind", INSTITUTIONS)
@pytest.mark.parametrize(
    "person",
    [
        ELENA,
        consenting("receive_alerts", "notify_outlet", "share_partners"),
        NOBODY_KNOWN,
    ],
    ids=["no consent", "consent for other things", "nobody known"],
)
def test_institution_is_not_told_without_it(kind: str, person: PersonFacts):
    assert refusal_to_tell(a_contact(kind), person) == NO_CONSENT


@pytest.mark.parametrize(
    ("organisation", "person", "refusal"),
    [
        (OUTLET, NOTIFY_OUTLET, None),
        (OUTLET, NOTIFY_AUTHORITIES, NO_CONSENT),
        (OUTLET, ELENA, NO_CONSENT),
        (ORGANISATION, NOTIFY_OUTLET, Refusal.OTHER_OUTLET),
        (ORGANISATION, EVERYTHING, Refusal.OTHER_OUTLET),
        (OUTLET, replace(EVERYTHING, outlet=None), Refusal.OTHER_OUTLET),
    ],
    ids=[
        "own outlet with consent",
        "own outlet with another consent",
        "own outlet without consent",
        "other outlet",
        "other outlet whatever the consents",
        "outlet of a freelancer",
    ],
)
def test_outlet_is_told_of_its_own_people_only(organisation, person, refusal):
    owner = a_contact(
        "media_outlet", organisation=organisation, role=ContactRole.MEDIA_OWNER
    )

    assert refusal_to_tell(owner, person) == refusal


def test_every_kind_of_organisation_is_in_the_table():
    in_the_table = {"mechanism", "media_outlet", *INSTITUTIONS}

    assert set(OrganisationKind.values) == in_the_table


# --- Conflict and inactivity -------------------------------------------------------
@pytest.mark.parametrize("kind", OrganisationKind.values)
@pytest.mark.parametrize(
    "distrust",
    [
        {"distrusted_organisations": frozenset({ORGANISATION})},
        {"distrusted_contacts": frozenset({CONTACT})},
    ],
    ids=["organisation", "contact"],
)
def test_distrusted_is_never_told(kind: str, distrust: dict):
    person = replace(EVERYTHING, outlet=ORGANISATION, **distrust)

    assert refusal_to_tell(a_contact(kind), person) == CONFLICT


def test_distrust_of_another_organisation_changes_nothing():
    person = replace(ELENA, distrusted_organisations=frozenset({uuid4()}))

    assert refusal_to_tell(a_contact(), person) is None


@pytest.mark.parametrize("kind", OrganisationKind.values)
def test_inactive_contact_is_never_told(kind: str):
    contact = a_contact(kind, is_active=False)

    assert refusal_to_tell(contact, EVERYTHING) == Refusal.INACTIVE


# --- Territory ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("facts", "covered"),
    [
        ({"level": "federal"}, True),
        ({"level": "federal", "state": "02"}, True),
        ({"level": "federal", "municipality": "02004"}, True),
        ({"level": "state", "state": "30"}, True),
        ({"level": "state", "state": "02"}, False),
        ({"level": "state"}, False),
        ({"level": "none"}, True),
    ],
    ids=[
        "federal",
        "federal with an office in another state",
        "federal with an office in another municipality",
        "own state",
        "another state",
        "state body without a state",
        "no level",
    ],
)
def test_mechanism_covers(facts: dict, covered: bool):
    assert covers(a_contact("mechanism", **facts), ELENA) == covered


@pytest.mark.parametrize(
    ("facts", "covered"),
    [
        ({"level": "federal"}, True),
        ({"level": "federal", "state": "30"}, True),
        ({"level": "federal", "state": "02"}, False),
        ({"level": "state", "state": "30"}, True),
        ({"level": "state", "state": "02"}, False),
        ({"level": "municipal", "state": "30", "municipality": "30087"}, True),
        ({"level": "municipal", "state": "30", "municipality": "30193"}, False),
        ({"level": "municipal"}, False),
        ({"level": "none"}, True),
        ({"level": "none", "state": "02"}, False),
    ],
    ids=[
        "federal",
        "federal delegation in the state",
        "federal delegation in another state",
        "own state",
        "another state",
        "own municipality",
        "another municipality of the state",
        "municipal body without a municipality",
        "no level, everywhere",
        "no level, another state",
    ],
)
def test_authority_covers(facts: dict, covered: bool):
    assert covers(a_contact("authority", **facts), ELENA) == covered


@pytest.mark.parametrize(
    "facts",
    [{"level": "state", "state": "30"}, {"level": "municipal", "municipality": "1"}],
    ids=["state", "municipal"],
)
def test_person_of_unknown_place_is_covered_by_no_local_body(facts: dict):
    assert not covers(a_contact("authority", **facts), NOBODY_KNOWN)


# --- Waking ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({}, None),
        ({"is_on_shift": False}, Refusal.OFF_DUTY),
        ({"level": "state", "state": "02"}, Refusal.OTHER_TERRITORY),
        (
            {"level": "state", "state": "02", "is_on_shift": False},
            Refusal.OTHER_TERRITORY,
        ),
        ({"is_active": False, "is_on_shift": False}, Refusal.INACTIVE),
    ],
    ids=["on duty", "off duty", "elsewhere", "elsewhere and off duty", "inactive"],
)
def test_duty_officer_is_woken_in_place_and_on_shift(facts: dict, refusal):
    assert refusal_to_wake(a_contact("mechanism", **facts), ELENA) == refusal


@pytest.mark.parametrize("role", [ContactRole.MEDIA_OWNER, ContactRole.EDITOR])
def test_press_is_woken_without_roster_or_territory(role: str):
    owner = a_contact(
        "media_outlet",
        organisation=OUTLET,
        role=role,
        level=Level.NONE,
        state="02",
        is_on_shift=False,
    )

    assert refusal_to_wake(owner, NOTIFY_OUTLET) is None


def test_being_on_shift_replaces_no_consent():
    assert refusal_to_wake(a_contact("police"), ELENA) == NO_CONSENT


# --- Numbers -----------------------------------------------------------------------
def a_number(**facts) -> NumberFacts:
    usual = NumberFacts(index="i", state="active", is_bad=False, has_opted_out=False)
    return replace(usual, **facts)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({}, None),
        ({"state": NumberState.NEUTRAL_ONLY}, None),
        ({"state": NumberState.DO_NOT_TEXT}, Refusal.NUMBER_UNUSABLE),
        ({"state": NumberState.SEIZED}, Refusal.NUMBER_UNUSABLE),
        ({"state": NumberState.CHANGED_OWNER}, Refusal.NUMBER_UNUSABLE),
        ({"is_bad": True}, Refusal.NUMBER_UNUSABLE),
        ({"has_opted_out": True}, Refusal.OPTED_OUT),
        ({"has_opted_out": True, "is_bad": True}, Refusal.OPTED_OUT),
    ],
    ids=[
        "active",
        "neutral words only",
        "do not text",
        "seized",
        "changed owner",
        "bad",
        "opted out",
        "opted out and bad",
    ],
)
def test_number_is_used(facts: dict, refusal):
    assert refusal_to_use(a_number(**facts), ELENA) == refusal


def test_every_state_of_a_number_is_in_the_table():
    assert set(NumberState.values) == {
        "active",
        "neutral_only",
        "do_not_text",
        "seized",
        "changed_owner",
    }


def test_number_shared_with_somebody_distrusted_is_not_used():
    person = replace(ELENA, distrusted_numbers=frozenset({"i"}))

    assert refusal_to_use(a_number(), person) == CONFLICT


# --- The person themself -----------------------------------------------------------
@pytest.mark.parametrize(
    ("person", "facts", "refusal"),
    [
        (consenting("receive_alerts"), {}, None),
        (ELENA, {}, NO_CONSENT),
        (NOTIFY_AUTHORITIES, {}, NO_CONSENT),
        (EVERYTHING, {"has_opted_out": True}, Refusal.OPTED_OUT),
        (EVERYTHING, {"state": "seized"}, Refusal.NUMBER_UNUSABLE),
        (
            replace(EVERYTHING, distrusted_numbers=frozenset({"i"})),
            {},
            CONFLICT,
        ),
    ],
    ids=[
        "consent to be texted",
        "no consent",
        "consent for other things",
        "opted out",
        "phone seized",
        "phone of somebody distrusted",
    ],
)
def test_person_is_answered(person: PersonFacts, facts: dict, refusal):
    assert refusal_to_answer(a_number(**facts), person) == refusal
