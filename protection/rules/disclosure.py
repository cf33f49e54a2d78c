"""May this contact be told of this person's alert? (CONTRACT 8.3, 8.4, 8.10)

Asked again at every send: consent, conflict and the state of a number are never frozen.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from protection.choices import (
    ConsentPurpose,
    ContactRole,
    Level,
    NumberState,
    OrganisationKind,
)


class Refusal(StrEnum):
    """Why somebody is not told. Shown on the desk, never to the one refused."""

    INACTIVE = "inactive"
    CONFLICT = "conflict"
    NO_CONSENT = "no_consent"
    OTHER_OUTLET = "other_outlet"
    OTHER_TERRITORY = "other_territory"
    OFF_DUTY = "off_duty"
    NO_NUMBER = "no_number"
    NUMBER_UNUSABLE = "number_unusable"
    OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What decides who may be told about a person."""

    state: str | None
    municipality: str | None
    outlet: UUID | None
    consents: frozenset[str]
    distrusted_organisations: frozenset[UUID] = frozenset()
    distrusted_contacts: frozenset[UUID] = frozenset()
    distrusted_numbers: frozenset[str] = frozenset()  # blind indexes


NOBODY_KNOWN = PersonFacts(
    state=None, municipality=None, outlet=None, consents=frozenset()
)


@dataclass(frozen=True, slots=True)
class ContactFacts:
    contact: UUID
    organisation: UUID
    organisation_kind: str
    level: str
    role: str
    state: str | None
    municipality: str | None
    is_active: bool
    is_on_shift: bool


@dataclass(frozen=True, slots=True)
class NumberFacts:
    index: str
    state: str
    is_bad: bool
    has_opted_out: bool


def covers(contact: ContactFacts, person: PersonFacts) -> bool:
    """Is the person in the contact's territory? The federal mechanism always covers."""
    is_mechanism = contact.organisation_kind == OrganisationKind.MECHANISM
    if is_mechanism and contact.level == Level.FEDERAL:
        return True
    if contact.municipality:
        return contact.municipality == person.municipality
    if contact.state:
        return contact.state == person.state
    return contact.level in {Level.FEDERAL, Level.NONE}


def refusal_to_tell(contact: ContactFacts, person: PersonFacts) -> Refusal | None:
    """The first reason not to tell this contact, or None.

    Mechanism contacts need no consent; ``notify_outlet`` opens the person's own outlet
    only; ``notify_authorities`` opens every other institution, police included.
    """
    if not contact.is_active:
        return Refusal.INACTIVE
    if (
        contact.organisation in person.distrusted_organisations
        or contact.contact in person.distrusted_contacts
    ):
        return Refusal.CONFLICT
    if contact.organisation_kind == OrganisationKind.MECHANISM:
        return None
    if contact.organisation_kind == OrganisationKind.MEDIA_OUTLET:
        if contact.organisation != person.outlet:
            return Refusal.OTHER_OUTLET
        needed = ConsentPurpose.NOTIFY_OUTLET
    else:
        needed = ConsentPurpose.NOTIFY_AUTHORITIES
    return None if needed in person.consents else Refusal.NO_CONSENT


def refusal_to_wake(contact: ContactFacts, person: PersonFacts) -> Refusal | None:
    """As ``refusal_to_tell``, and with territory and roster for those who have them."""
    if refusal := refusal_to_tell(contact, person):
        return refusal
    if contact.role in {ContactRole.MEDIA_OWNER, ContactRole.EDITOR}:
        return None
    if not covers(contact, person):
        return Refusal.OTHER_TERRITORY
    return None if contact.is_on_shift else Refusal.OFF_DUTY


def refusal_to_use(number: NumberFacts, person: PersonFacts) -> Refusal | None:
    """May a contact's number be texted? A line shared with somebody distrusted is not
    used, whoever else it belongs to."""
    if number.index in person.distrusted_numbers:
        return Refusal.CONFLICT
    if number.has_opted_out:
        return Refusal.OPTED_OUT
    usable = {NumberState.ACTIVE, NumberState.NEUTRAL_ONLY}
    if number.is_bad or number.state not in usable:
        return Refusal.NUMBER_UNUSABLE
    return None


def refusal_to_hear(number: NumberFacts, person: PersonFacts) -> Refusal | None:
    """Does an answer from this number count? A bad or opted-out line that answers all
    the same is a human; a seized one may be anybody."""
    if number.index in person.distrusted_numbers:
        return Refusal.CONFLICT
    if number.state in {NumberState.SEIZED, NumberState.CHANGED_OWNER}:
        return Refusal.NUMBER_UNUSABLE
    return None


def refusal_to_answer(number: NumberFacts, person: PersonFacts) -> Refusal | None:
    """May the person themself be texted on this number?"""
    if ConsentPurpose.RECEIVE_ALERTS not in person.consents:
        return Refusal.NO_CONSENT
    return refusal_to_use(number, person)
