"""The only doors to people's facts."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from protection.choices import Level, OrganisationKind
from protection.models import (
    AuditEvent,
    ConflictOfInterest,
    Consent,
    Contact,
    ContactMethod,
    Person,
)
from protection.rules.disclosure import ContactFacts, NumberFacts, PersonFacts


def people_hidden_from(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Person]:
    """People who distrust this user, whoever the user is: they see none of them."""
    return Person.objects.filter(
        pk__in=ConflictOfInterest.objects.in_force()
        .filter(user=user.pk)
        .values("person_id")
    )


def people_visible_to(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Person]:
    """The people a user may see on the desk. Territory and role join this later."""
    return Person.objects.exclude(pk__in=people_hidden_from(user).values("pk"))


def audit_visible_to(user: AbstractBaseUser | AnonymousUser) -> QuerySet[AuditEvent]:
    """The trail, without what would tell somebody that they are kept out (8.10).

    Whoever is distrusted sees nothing of those people, nor of any alert, whose events
    name no person.
    """
    events = AuditEvent.objects.all()
    hidden = list(people_hidden_from(user).values_list("code", flat=True))
    if not hidden:
        return events
    return events.exclude(target__in=hidden).exclude(target_kind__startswith="alerts.")


def person_facts(person: Person) -> PersonFacts:
    """What decides who may be told about this person, as it stands now."""
    conflicts = list(
        ConflictOfInterest.objects.in_force()
        .filter(person=person)
        .values_list("organisation_id", "contact_id")
    )
    organisations = frozenset(org for org, _ in conflicts if org)
    contacts = frozenset(contact for _, contact in conflicts if contact)
    return PersonFacts(
        state=person.state_id,
        municipality=person.municipality_id,
        outlet=person.outlet_id,
        consents=frozenset(
            Consent.objects.given()
            .filter(person=person)
            .values_list("purpose", flat=True)
        ),
        distrusted_organisations=organisations,
        distrusted_contacts=contacts,
        distrusted_numbers=_numbers_of(organisations, contacts),
    )


def _numbers_of(
    organisations: frozenset[UUID], contacts: frozenset[UUID]
) -> frozenset[str]:
    if not organisations and not contacts:
        return frozenset()
    return frozenset(
        ContactMethod.objects.filter(
            Q(contact__organisation__in=organisations) | Q(contact__in=contacts)
        ).values_list("index", flat=True)
    )


def joined_facts(people: Iterable[PersonFacts]) -> PersonFacts:
    """Several people in one alert: whoever one of them distrusts is told nothing."""
    facts = list(people)
    same_state = {person.state for person in facts}
    same_municipality = {person.municipality for person in facts}
    same_outlet = {person.outlet for person in facts}
    return PersonFacts(
        state=same_state.pop() if len(same_state) == 1 else None,
        municipality=same_municipality.pop() if len(same_municipality) == 1 else None,
        outlet=same_outlet.pop() if len(same_outlet) == 1 else None,
        consents=frozenset.intersection(*(person.consents for person in facts)),
        distrusted_organisations=frozenset().union(
            *(person.distrusted_organisations for person in facts)
        ),
        distrusted_contacts=frozenset().union(
            *(person.distrusted_contacts for person in facts)
        ),
        distrusted_numbers=frozenset().union(
            *(person.distrusted_numbers for person in facts)
        ),
    )


def contacts_in_question(roles: Iterable[str], person: PersonFacts) -> "list[Contact]":
    """Active contacts of these roles who might be told, with their numbers.

    A coarse filter in the database; ``rules/disclosure.py`` decides each one.
    """
    elsewhere = Q(state__isnull=False) & ~Q(state=person.state)
    organisation_elsewhere = Q(
        state__isnull=True, municipality__isnull=True, organisation__state__isnull=False
    ) & ~Q(organisation__state=person.state)
    federal_mechanism = Q(
        organisation__kind=OrganisationKind.MECHANISM,
        organisation__level=Level.FEDERAL,
    )
    own_outlet = Q(organisation=person.outlet, organisation__isnull=False)
    return list(
        Contact.objects.filter(is_active=True, role__in=list(roles))
        .filter(federal_mechanism | own_outlet | ~(elsewhere | organisation_elsewhere))
        .select_related("organisation")
        .prefetch_related("methods")
        .order_by("code")
    )


def contact_facts(contact: Contact, *, is_on_shift: bool) -> ContactFacts:
    """A contact's own territory, or else its organisation's."""
    organisation = contact.organisation
    own = contact.state_id or contact.municipality_id
    place = contact if own else organisation
    return ContactFacts(
        contact=contact.pk,
        organisation=organisation.pk,
        organisation_kind=organisation.kind,
        level=organisation.level,
        role=contact.role,
        state=place.state_id,
        municipality=place.municipality_id,
        is_active=contact.is_active and organisation.is_active,
        is_on_shift=is_on_shift,
    )


def number_facts(method: ContactMethod) -> NumberFacts:
    return NumberFacts(
        index=method.index,
        state=method.state,
        is_bad=method.bad_since is not None,
        has_opted_out=method.opted_out_at is not None,
    )


def holders_of(address: str) -> tuple[list[Person], list[ContactMethod]]:
    """Who holds a number: people, and the methods of contacts.

    Address is an E.164 number or the provider's id for a sender that hides it.
    """
    methods = list(
        ContactMethod.objects.of_number(address).select_related(
            "person", "contact__organisation"
        )
    )
    people = {method.person.pk: method.person for method in methods if method.person}
    contacts = [
        method for method in methods if method.contact and method.contact.is_active
    ]
    return [people[key] for key in sorted(people)], contacts
