"""Register and amend people, contacts, organisations and their numbers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F

from protection.choices import Channel, MethodKind
from protection.fields import number_index
from protection.models import Contact, ContactMethod, Person
from protection.models.base import CodedModel
from protection.services import audit

Coded = TypeVar("Coded", bound=CodedModel)


def put(
    model: type[Coded],
    *,
    code: str,
    values: Mapping[str, Any],
    by: str,
    now: datetime,
) -> tuple[Coded, bool]:
    """Create the row of this code, or amend what differs; say whether anything did.

    The audit event names the fields, never their content.
    """
    row = (
        model._default_manager.select_for_update(of=("self",), no_key=True)
        .filter(code=code)
        .first()
    )
    if row is None:
        row = model._default_manager.create(code=code, **values)
        audit.record(f"{model._meta.model_name}.registered", row, by=by, now=now)
        return row, True
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return row, False
    for name in changed:
        setattr(row, name, values[name])
    row.save(update_fields=changed)
    audit.record(
        f"{model._meta.model_name}.amended", row, by=by, now=now, fields=changed
    )
    return row, True


def within_state(
    model: type[Person] | type[Contact], code: str, values: dict[str, Any]
) -> dict[str, Any]:
    """Whoever moves to another state leaves the old state's municipality behind."""
    state = values.get("state_id")
    if not state or "municipality_id" in values:
        return values
    known = model._default_manager.filter(code=code).first()
    if known and known.municipality_id and known.municipality_id[:2] != state:
        return {**values, "municipality_id": None}
    return values


@transaction.atomic
def put_method(
    *,
    holder: Person | Contact,
    kind: MethodKind,
    value: str,
    channel: str,
    position: int,
    by: str,
    now: datetime,
) -> bool:
    """Record a way to reach somebody; return whether anything changed.

    An empty channel keeps what is known, or SMS. A number already recorded keeps its
    state, its opt-out and its history. What stood in this place before moves down one:
    the newer word is tried first.
    """
    side = "person" if isinstance(holder, Person) else "contact"
    methods = ContactMethod.objects.filter(**{side: holder}, kind=kind)
    known = methods.filter(index=number_index(value)).first()
    channel = channel or (known.channel if known else Channel.SMS)
    if known and (known.channel, known.position) == (channel, position):
        return False
    others = methods.exclude(pk=known.pk) if known else methods
    if others.filter(position=position).exists():
        others.filter(position__gte=position).update(position=F("position") + 1)
    wanted = {"channel": channel, "position": position}
    if known is None:
        ContactMethod.objects.create(**{side: holder}, kind=kind, value=value, **wanted)
    else:
        ContactMethod.objects.filter(pk=known.pk).update(**wanted)
    audit.record("contact_method.recorded", holder, by=by, now=now, kind=kind)
    return True
