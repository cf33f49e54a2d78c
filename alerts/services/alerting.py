"""A text of an enrolled person becomes an alert, or part of the one that is open."""

import logging
from datetime import datetime

from django.db import connection, transaction

from alerts.choices import (
    AlertEventKind,
    AlertKind,
    AlertSource,
    AlertStatus,
    Meaning,
    Priority,
    Purpose,
    ReplyMode,
)
from alerts.models import Alert, Enrolment, InboundMessage, ReplyCode
from alerts.rules.commands import OwnWords, PersonWord, read_person
from alerts.rules.severity import REVIEW, URGENT, Judgement, judge
from alerts.services import escalation, messaging, triage
from alerts.services.enrolment import word_fingerprint
from alerts.services.events import note
from protection.choices import MethodKind
from protection.models import ContactMethod, Person
from protection.rules.disclosure import refusal_to_answer
from protection.selectors import number_facts, person_facts

logger = logging.getLogger(__name__)


def raise_or_update(
    message: InboundMessage, people: list[Person], now: datetime
) -> None:
    """Open an alert, or add to the open one of the same person or shared number."""
    judgement = _most_urgent(message.text, people)
    alone = people[0] if len(people) == 1 else None
    subject = str(alone.pk) if alone else message.sender_index
    _one_at_a_time(subject)
    alert = (
        Alert.objects.open()
        .select_for_update(of=("self",), no_key=True)
        .filter(subject=subject)
        .first()
    )
    if alert is None:
        alert = _open_alert(message, people, subject, judgement, now)
        message.meaning = Meaning.ALERT
    else:
        if not alone:
            alert.candidates.add(*people)  # somebody may share the number since
        _update_alert(alert, message, people, judgement, now)
        message.meaning = Meaning.UPDATE
    message.alert = alert
    if alone:
        _give_receipt(alert, alone, message, now)


def _one_at_a_time(subject: str) -> None:
    """Two texts of one person open one alert. No row of theirs is locked for it: a long
    import that holds such rows must not hold up a text (CONTRACT 8.12)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [subject]
        )


def _most_urgent(text: str, people: list[Person]) -> Judgement:
    """On a shared number the word of any of them counts; duress before all."""
    words = {
        enrolment.person_id: enrolment
        for enrolment in Enrolment.objects.filter(person__in=people)
    }
    judgements = [judge(_word_of(text, words.get(person.pk))) for person in people]
    return max(judgements, key=lambda j: (j.severity, j.kind == AlertKind.DURESS))


def _word_of(text: str, enrolment: Enrolment | None) -> PersonWord:
    if enrolment is None:
        return PersonWord.OTHER
    own = OwnWords(enrolment.alert_word, enrolment.ok_word, enrolment.duress_word)
    return read_person(
        text,
        own,
        fingerprint=lambda word: word_fingerprint(word, person_id=enrolment.person_id),
    )


def _open_alert(
    message: InboundMessage,
    people: list[Person],
    subject: str,
    judgement: Judgement,
    now: datetime,
) -> Alert:
    alone = people[0] if len(people) == 1 else None
    alert = Alert.objects.create(
        person=alone,
        subject=subject,
        kind=judgement.kind,
        severity=judgement.severity,
        source=AlertSource(message.channel),
        received_at=message.received_at,
        raised_at=now,
    )
    if not alone:
        alert.candidates.set(people)
    note(
        alert,
        AlertEventKind.RAISED,
        by="system",
        now=now,
        kind=judgement.kind,
        severity=judgement.severity,
        message=str(message.pk),
    )
    escalation.start(alert=alert, policy=_policy(judgement, alone), now=now)
    return alert


def _policy(judgement: Judgement, person: Person | None) -> str:
    """The person's own policy takes the place of the default urgent one."""
    if judgement.policy != URGENT or person is None:
        return judgement.policy
    own = (
        Enrolment.objects.filter(person=person, policy__isnull=False)
        .values_list("policy__code", flat=True)
        .first()
    )
    return own or judgement.policy


def _update_alert(
    alert: Alert,
    message: InboundMessage,
    people: list[Person],
    judgement: Judgement,
    now: datetime,
) -> None:
    """One more text on an open alert: it may raise the urgency, never lower it."""
    note(alert, AlertEventKind.MESSAGE, by="system", now=now, message=str(message.pk))
    is_urgent = judgement.policy != REVIEW
    was_held = alert.status != AlertStatus.NEW
    is_told = was_held and _tell_holder(alert, message, now)
    rises = judgement.severity > alert.severity
    is_duress = judgement.kind == AlertKind.DURESS != alert.kind
    if rises or is_duress:
        alert.kind, alert.severity = judgement.kind, judgement.severity
        note(
            alert,
            AlertEventKind.RAISED_HIGHER,
            by="system",
            now=now,
            severity=alert.severity,
        )
    if (is_urgent and (rises or was_held)) or (was_held and not is_told):
        alone = people[0] if len(people) == 1 else None
        triage.reopen(
            alert=alert, policy=_policy(judgement, alone), by="system", now=now
        )
    alert.save()


def _tell_holder(alert: Alert, message: InboundMessage, now: datetime) -> bool:
    """Whoever holds the alert hears at once that there is more (CONTRACT 8.5).

    False when they may no longer be told, or cannot: then others have to be woken.
    """
    holder = alert.taken_charge_by or alert.acknowledged_by or ""
    code = (
        ReplyCode.objects.open()
        .filter(alert=alert, method__contact__code=holder.removeprefix("contact:"))
        .select_related("method__contact__organisation")
        .first()
    )
    if code is None or not triage.may_answer(code, alert):
        return False
    messaging.tell_contact(
        "duty_news",
        alert=alert,
        code=code,
        purpose=Purpose.NEWS,
        priority=Priority.P0,
        occasion=str(message.pk),
        now=now,
    )
    return True


def _give_receipt(
    alert: Alert, person: Person, message: InboundMessage, now: datetime
) -> None:
    """Answer the person if they chose so. Must never stand in the way of the alert."""
    method = ContactMethod.objects.filter(
        person=person, kind=MethodKind.PHONE, index=message.sender_index
    ).first()
    wants = Enrolment.objects.filter(person=person, reply=ReplyMode.NEUTRAL).exists()
    if method is None or not wants:
        return
    if refusal_to_answer(number_facts(method), person_facts(person)):
        return
    try:
        with transaction.atomic():
            messaging.give_receipt(
                alert=alert,
                person=person,
                method=method,
                occasion=str(message.pk),
                now=now,
            )
    except Exception:
        logger.exception("A receipt failed.", extra={"alert": str(alert.pk)})
