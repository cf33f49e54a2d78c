"""Reads that cross models."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from alerts.choices import AttemptOutcome, Target
from alerts.models import Alert, DutyShift, InboundMessage, OutboundAttempt
from alerts.rules.delivery import SETTLE_AFTER, ErrorClass, class_of
from alerts.rules.readiness import Part, provider_state
from protection.choices import ContactRole, MethodKind, OnDuty
from protection.models import Contact, ContactMethod
from protection.rules.disclosure import (
    NOBODY_KNOWN,
    PersonFacts,
    Refusal,
    refusal_to_use,
    refusal_to_wake,
)
from protection.selectors import (
    contact_facts,
    contacts_in_question,
    joined_facts,
    number_facts,
    people_hidden_from,
    person_facts,
)

_ROLES = {
    Target.DUTY_OFFICERS: ContactRole.DUTY_OFFICER,
    Target.LIAISONS: ContactRole.LIAISON,
    Target.COORDINATORS: ContactRole.COORDINATOR,
    Target.MEDIA_OWNER: ContactRole.MEDIA_OWNER,
}


def alerts_visible_to(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Alert]:
    """All but those about, or perhaps about, somebody who distrusts this user."""
    hidden = people_hidden_from(user).values("pk")
    return Alert.objects.exclude(person__in=hidden).exclude(
        pk__in=Alert.objects.filter(candidates__in=hidden).values("pk")
    )


RECENT = timedelta(minutes=10)


def provider_part(now: datetime) -> Part:
    """How the provider answered lately; a call nobody answered counts as a failure."""
    latest = (
        OutboundAttempt.objects.filter(claimed_at__gte=now - RECENT)
        .filter(Q(finished_at__isnull=False) | Q(claimed_at__lte=now - SETTLE_AFTER))
        .order_by("-claimed_at")
        .values_list("outcome", "error_code")[:3]
    )
    return provider_state([_is_well(*row) for row in latest])


def _is_well(outcome: str, error_code: int | None) -> bool:
    """True for a call that went well, or was refused because of its number."""
    if outcome == AttemptOutcome.ACCEPTED:
        return True
    error = class_of(error_code, http_status=None)
    is_number = error in {ErrorClass.ADDRESS, ErrorClass.OPTED_OUT}
    return outcome == AttemptOutcome.REFUSED and is_number


def texts_visible_to(
    user: AbstractBaseUser | AnonymousUser,
) -> QuerySet[InboundMessage]:
    """Texts of visible alerts, and those that belong to none."""
    return InboundMessage.objects.filter(
        Q(alert__isnull=True) | Q(alert__in=alerts_visible_to(user))
    )


def facts_of(alert: Alert) -> PersonFacts:
    """Whom the alert is about, as far as it decides who may be told."""
    if alert.person:
        return person_facts(alert.person)
    candidates = list(alert.candidates.all())
    if not candidates:
        return NOBODY_KNOWN
    return joined_facts(person_facts(person) for person in candidates)


def refusal_to_wake_now(
    contact: Contact, person: PersonFacts, *, now: datetime
) -> Refusal | None:
    """Consent, conflict, territory and roster of one contact at this moment."""
    on_shift = (
        contact.on_duty == OnDuty.ALWAYS
        or DutyShift.objects.at(now).filter(contact=contact).exists()
    )
    return refusal_to_wake(contact_facts(contact, is_on_shift=on_shift), person)


def whom_to_wake(
    targets: Iterable[str], person: PersonFacts, *, now: datetime
) -> tuple[list[ContactMethod], dict[Refusal, int]]:
    """The numbers to text at a step, one a phone; and how many were left out and why.

    A phone that two contacts share is woken once.
    """
    roles = [_ROLES[Target(target)] for target in targets]
    contacts = contacts_in_question(roles, person)
    on_shift = set(
        DutyShift.objects.at(now)
        .filter(contact__in=contacts)
        .values_list("contact_id", flat=True)
    )
    chosen: dict[str, ContactMethod] = {}
    left_out: dict[Refusal, int] = {}
    for contact in contacts:
        is_on_shift = contact.on_duty == OnDuty.ALWAYS or contact.pk in on_shift
        refusal = refusal_to_wake(
            contact_facts(contact, is_on_shift=is_on_shift), person
        )
        if refusal is None:
            method, refusal = _first_usable(contact, person)
            if method:
                chosen.setdefault(method.index, method)
        if refusal:
            left_out[refusal] = left_out.get(refusal, 0) + 1
    return list(chosen.values()), left_out


def _first_usable(
    contact: Contact, person: PersonFacts
) -> tuple[ContactMethod | None, Refusal | None]:
    refusal: Refusal | None = Refusal.NO_NUMBER
    for method in contact.methods.all():
        if method.kind != MethodKind.PHONE:
            continue
        refusal = refusal_to_use(number_facts(method), person)
        if refusal is None:
            method.contact = contact
            return method, None
    return None, refusal
