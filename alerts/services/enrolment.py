"""How a person speaks to us: their words, kept as keyed fingerprints."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from alerts.models import Enrolment
from alerts.rules.commands import squashed
from protection.models import Person
from protection.rules.sealing import blind_index
from protection.services import audit


def word_fingerprint(word: str, *, person_id: UUID) -> str:
    """A personal word as it is stored: keyed, and different for each person."""
    return blind_index(word, key=settings.BLIND_INDEX_KEY, purpose=f"word:{person_id}")


def clashing_words(*, person: Person | None, typed: dict[str, str]) -> list[str]:
    """Which of the words somebody typed cannot be used, by field name.

    Too short to be meant, or the same as another word of the person.
    """
    clashing = [
        name for name, word in typed.items() if word and len(squashed(word)) < 2
    ]
    if person is None:
        return clashing
    stored = Enrolment.objects.filter(person=person).first()
    prints = {
        name: word_fingerprint(squashed(word), person_id=person.pk)
        if word
        else getattr(stored, name, "")
        for name, word in typed.items()
    }
    for name, own in prints.items():
        others = [other for key, other in prints.items() if key != name]
        if typed[name] and own in others and name not in clashing:
            clashing.append(name)
    return clashing


def put_enrolment(
    *, person: Person, values: dict[str, Any], by: str, now: datetime
) -> bool:
    """Record how a person speaks to us; return whether anything changed.

    Values named ``*_word`` are the words themselves; what is stored is a fingerprint.
    """
    wanted = {
        name: (
            word_fingerprint(squashed(value), person_id=person.pk)
            if name.endswith("_word")
            else value
        )
        for name, value in values.items()
    }
    enrolment, is_new = Enrolment.objects.get_or_create(person=person, defaults=wanted)
    changed = [
        name for name, value in wanted.items() if getattr(enrolment, name) != value
    ]
    if changed:
        for name in changed:
            setattr(enrolment, name, wanted[name])
        enrolment.save(update_fields=changed)
    if is_new or changed:
        audit.record("enrolment.recorded", person, by=by, now=now)
    return is_new or bool(changed)
