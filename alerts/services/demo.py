"""A small fictional cast, so that the system can be tried in minutes."""

from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from alerts.models import DutyShift
from alerts.services.people_import import read_people, save_person
from protection.choices import OnDuty, UserRole
from protection.models import Contact, User
from protection.services import audit
from protection.services.contacts_import import read_contacts, save_contact

DATA = Path(__file__).resolve().parent.parent / "data" / "demo"
COORDINATOR = "coordinacion"
ROSTER_AHEAD = timedelta(days=60)


@transaction.atomic
def seed_demo(*, password: str, now: datetime) -> dict[str, int]:
    """Load the cast and the sign-in; a second run changes nothing but the password."""
    contacts, _ = read_contacts(DATA / "contacts.csv")
    for contact in contacts:
        save_contact(contact, by="demo", now=now)
    people, _ = read_people(DATA / "people.csv")
    for person in people:
        save_person(person, by="demo", now=now)
    _fill_roster(now)
    _put_coordinator(password, now)
    return {"contacts": len(contacts), "people": len(people)}


def _fill_roster(now: datetime) -> None:
    """Whoever serves by roster is on shift in the weeks to come."""
    for contact in Contact.objects.filter(on_duty=OnDuty.ROSTER):
        if not DutyShift.objects.at(now).filter(contact=contact).exists():
            DutyShift.objects.create(
                contact=contact, starts_at=now, ends_at=now + ROSTER_AHEAD
            )


def _put_coordinator(password: str, now: datetime) -> None:
    user, is_new = User.objects.get_or_create(
        username=COORDINATOR,
        defaults={
            "code": "U-COORD",
            "role": UserRole.COORDINATOR,
            "is_staff": True,
            "is_superuser": True,
        },
    )
    if is_new:
        audit.record("user.registered", user, by="demo", now=now)
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
