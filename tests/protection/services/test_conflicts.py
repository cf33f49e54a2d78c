import pytest

from protection.models import AuditEvent, ConflictOfInterest, Contact, Person, User
from protection.selectors import person_facts
from protection.services.conflicts import record_conflict
from tests.factories import NOW, a_contact, a_mechanism


@pytest.fixture
def person(db: None) -> Person:
    return Person.objects.create(code="P-1")


@pytest.fixture
def contact(db: None) -> Contact:
    return a_contact("C-1", a_mechanism(), number="+520020000001")


def distrust(person: Person, whom, reason: str = "") -> bool:
    return record_conflict(
        person=person, with_whom=whom, by="t", now=NOW, reason=reason
    )


def test_distrusted_organisation_is_known_with_its_numbers(person, contact):
    distrust(person, contact.organisation)

    facts = person_facts(person)
    assert facts.distrusted_organisations == {contact.organisation_id}
    assert facts.distrusted_numbers == {contact.methods.get().index}


def test_distrusted_contact_is_known_with_their_numbers(person, contact):
    distrust(person, contact)

    facts = person_facts(person)
    assert facts.distrusted_contacts == {contact.pk}
    assert facts.distrusted_numbers == {contact.methods.get().index}


def test_distrusted_user_is_recorded(person: Person):
    user = User.objects.create(code="U-1", username="u1")

    distrust(person, user)

    assert ConflictOfInterest.objects.get().user == user


def test_number_of_somebody_else_is_not_distrusted(person, contact):
    distrust(person, a_contact("C-2", contact.organisation))

    assert contact.methods.get().index not in person_facts(person).distrusted_numbers


def test_conflict_recorded_again_changes_nothing(person, contact):
    first, second = distrust(person, contact), distrust(person, contact)

    assert (first, second, ConflictOfInterest.objects.count()) == (True, False, 1)


def test_conflict_that_ended_counts_no_more(person, contact):
    distrust(person, contact)
    ConflictOfInterest.objects.update(ended_at=NOW)

    assert person_facts(person).distrusted_contacts == frozenset()


def test_conflict_is_audited_without_its_reason(person, contact):
    before = AuditEvent.objects.count()

    distrust(person, contact, reason="me amenazó")

    event = AuditEvent.objects.latest("id")
    assert AuditEvent.objects.count() == before + 1
    assert (event.action, event.target, event.details) == (
        "conflict.recorded",
        "P-1",
        {"side": "contact", "code": "C-1"},
    )
