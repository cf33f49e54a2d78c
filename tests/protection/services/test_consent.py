from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from protection.choices import ConsentPurpose, ConsentState
from protection.models import AuditEvent, Consent, Person
from protection.selectors import person_facts
from protection.services.consent import record_consent
from tests.factories import NOW

PURPOSE = ConsentPurpose.NOTIFY_OUTLET
LATER = NOW + timedelta(days=1)


@pytest.fixture
def person(db: None) -> Person:
    return Person.objects.create(code="P-1")


def decide(person: Person, state: ConsentState, now=NOW) -> bool:
    return record_consent(person=person, purpose=PURPOSE, state=state, by="t", now=now)


def test_consent_is_in_force_once_given(person: Person):
    decide(person, ConsentState.GIVEN)

    assert person_facts(person).consents == {PURPOSE}


@pytest.mark.parametrize("state", set(ConsentState) - {ConsentState.GIVEN})
def test_other_decisions_are_no_consent(person: Person, state: ConsentState):
    decide(person, state)

    assert person_facts(person).consents == frozenset()


def test_withdrawn_consent_ends_at_once(person: Person):
    decide(person, ConsentState.GIVEN)
    decide(person, ConsentState.WITHDRAWN, LATER)

    assert person_facts(person).consents == frozenset()


def test_superseded_decision_is_kept(person: Person):
    decide(person, ConsentState.GIVEN)
    decide(person, ConsentState.WITHDRAWN, LATER)

    assert list(Consent.objects.values_list("state", "superseded_at")) == [
        ("given", LATER),
        ("withdrawn", None),
    ]


def test_same_decision_again_changes_nothing(person: Person):
    first, second = (
        decide(person, ConsentState.GIVEN),
        decide(person, ConsentState.GIVEN, LATER),
    )

    assert (first, second, Consent.objects.count()) == (True, False, 1)
    assert AuditEvent.objects.count() == 1


def test_decision_is_audited_by_code(person: Person):
    decide(person, ConsentState.GIVEN)

    event = AuditEvent.objects.get()
    assert (event.action, event.target, event.details) == (
        "consent.recorded",
        "P-1",
        {"purpose": "notify_outlet", "state": "given"},
    )


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_leave_one_in_force():
    person = Person.objects.create(code="P-1")

    def decide_in_thread(state: ConsentState) -> bool:
        try:
            return decide(person, state)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(decide_in_thread, list(ConsentState)))

    assert Consent.objects.current().count() == 1
