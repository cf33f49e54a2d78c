"""How a person speaks to us: their words, kept as keyed fingerprints."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from alerts.models import Enrolment
from alerts.rules.commands import squashed
from protection.models import Person
from protection.rules.sealing import blind_index
from protection.services import audit

WORDS = ("alert_word", "ok_word", "duress_word")
SHORTEST_WORD = 2  # letters or digits
NOBODY = UUID(int=0)


def word_fingerprint(word: str, *, person_id: UUID) -> str:
    """A personal word as it is stored: keyed, and different for each person."""
    return blind_index(word, key=settings.BLIND_INDEX_KEY, purpose=f"word:{person_id}")


def same_words(stored: Enrolment | None, typed: Mapping[str, str]) -> list[str]:
    """Names of typed words that say the same as another word, typed or stored."""
    person_id = stored.person_id if stored else NOBODY
    prints = {
        name: word_fingerprint(squashed(typed[name]), person_id=person_id)
        if typed.get(name)
        else getattr(stored, name, "")
        for name in WORDS
    }
    same, settled = [], {prints[name] for name in WORDS if not typed.get(name)}
    for name in WORDS:
        if typed.get(name):
            if prints[name] in settled:
                same.append(name)
            settled.add(prints[name])
    return same


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
