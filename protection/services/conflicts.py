"""Who must learn nothing of a person."""

from datetime import datetime

from django.db import transaction

from protection.models import ConflictOfInterest, Contact, Organisation, Person, User
from protection.services import audit


@transaction.atomic
def record_conflict(
    *,
    person: Person,
    with_whom: Organisation | Contact | User,
    by: str,
    now: datetime,
    reason: str = "",
) -> bool:
    """Keep somebody out from now on; return whether that is new."""
    side = with_whom._meta.model_name or ""
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    known = ConflictOfInterest.objects.in_force().filter(
        person=person, **{side: with_whom}
    )
    if known.exists():
        return False
    ConflictOfInterest.objects.create(
        person=person,
        since=now,
        recorded_by=by,
        reason=reason,
        **{side: with_whom},
    )
    audit.record(
        "conflict.recorded", person, by=by, now=now, side=side, code=with_whom.code
    )
    return True
