"""Plain, unsurprising rows. All numbers are of the fictional range."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from alerts.choices import InboundSource
from alerts.models import InboundMessage
from alerts.services.enrolment import put_enrolment
from alerts.services.escalation import advance_next
from alerts.services.intake import Arrival, process, store
from protection.choices import (
    ConsentPurpose,
    ConsentState,
    ContactRole,
    Level,
    MethodKind,
    OrganisationKind,
)
from protection.models import (
    Contact,
    ContactMethod,
    Municipality,
    Organisation,
    Person,
    State,
)
from protection.services.consent import record_consent
from protection.services.people import put_method

NOW = datetime(2026, 11, 23, 20, 5, tzinfo=UTC)  # 14:05 in Mexico City
_numbers = count(1)


def a_number() -> str:
    return f"+5200{next(_numbers) + 30000000:08d}"


def a_state(code: str = "30", name: str = "Veracruz") -> State:
    return State.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "official_name": name,
            "abbreviation": name[:3],
            "iso_code": f"MX-{code}",
            "population": 1,
        },
    )[0]


def a_municipality(code: str = "30087", name: str = "Xalapa") -> Municipality:
    return Municipality.objects.get_or_create(
        code=code,
        defaults={
            "state": a_state(code[:2]),
            "name": name,
            "head_town": name,
            "map_code": code,
        },
    )[0]


def an_organisation(code: str, kind: str, **values: Any) -> Organisation:
    return Organisation.objects.get_or_create(
        code=code, defaults={"kind": kind, "level": Level.NONE, **values}
    )[0]


def a_contact(
    code: str,
    organisation: Organisation,
    role: str = ContactRole.DUTY_OFFICER,
    number: str = "",
    **values: Any,
) -> Contact:
    contact = Contact.objects.create(
        code=code, organisation=organisation, role=role, **values
    )
    a_method(contact, number or a_number())
    return contact


def a_method(holder: Person | Contact, number: str, position: int = 1) -> ContactMethod:
    put_method(
        holder=holder,
        kind=MethodKind.PHONE,
        value=number,
        channel="sms",
        position=position,
        by="test",
        now=NOW,
    )
    return ContactMethod.objects.get(
        **{"person" if isinstance(holder, Person) else "contact": holder},
        position=position,
    )


def a_person(
    code: str,
    *,
    number: str = "",
    words: tuple[str, str, str] = ("", "", ""),
    consents: tuple[ConsentPurpose, ...] = (),
    reply: str = "none",
    **values: Any,
) -> Person:
    person = Person.objects.create(code=code, **values)
    a_method(person, number or a_number())
    names = ("alert_word", "ok_word", "duress_word")
    enrolment = {name: word for name, word in zip(names, words, strict=True) if word}
    put_enrolment(
        person=person, values={**enrolment, "reply": reply}, by="test", now=NOW
    )
    for purpose in consents:
        consent(person, purpose, ConsentState.GIVEN)
    return person


def consent(person: Person, purpose: ConsentPurpose, state: ConsentState) -> None:
    record_consent(person=person, purpose=purpose, state=state, by="test", now=NOW)


def number_of(holder: Person | Contact) -> str:
    method = holder.methods.first()
    assert method is not None
    return str(method.value)


def go_on(now: datetime = NOW) -> int:
    """Carry out all that is due at a moment, also what becomes due by it."""
    done = 0
    while advance_next(now=now):
        done += 1
    return done


_sids = count(1)


def a_text(
    sender: str, text: str, now: datetime = NOW, sid: str = ""
) -> InboundMessage:
    """A text arrives and is processed, as the webhook does it."""
    message_id = store(
        Arrival(
            provider_sid=sid or f"SM{next(_sids):032x}",
            reported_sender=sender,
            text=text,
            payload=b"",
            source=InboundSource.WEBHOOK,
        ),
        now=now,
    )
    assert message_id is not None
    process(message_id=message_id, now=now)
    return InboundMessage.objects.get(pk=message_id)


def a_mechanism() -> Organisation:
    return an_organisation("MEC", OrganisationKind.MECHANISM, level=Level.FEDERAL)
