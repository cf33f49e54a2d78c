"""Consent per purpose: recorded, superseded, never erased."""

from datetime import datetime

from django.db import transaction

from protection.choices import ConsentPurpose, ConsentState
from protection.models import Consent, Person
from protection.services import audit


@transaction.atomic
def record_consent(
    *,
    person: Person,
    purpose: ConsentPurpose,
    state: ConsentState,
    by: str,
    now: datetime,
) -> bool:
    """Record a decision; return whether it changed anything."""
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    current = Consent.objects.current().filter(person=person, purpose=purpose)
    if current.filter(state=state).exists():
        return False
    current.update(superseded_at=now)
    Consent.objects.create(
        person=person, purpose=purpose, state=state, decided_at=now, recorded_by=by
    )
    audit.record(
        "consent.recorded", person, by=by, now=now, purpose=purpose, state=state
    )
    return True
