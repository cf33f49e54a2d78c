"""To speak is to write an OutboundMessage. It leaves after commit, or by a sweep."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction

from alerts import catalogue, outbox
from alerts.choices import Priority, Purpose
from alerts.models import Alert, Escalation, OutboundMessage, ReplyCode
from alerts.rules.codes import new_code, receipt_reference
from protection.choices import Language
from protection.models import ContactMethod, Person

logger = logging.getLogger(__name__)

RECEIPT_EVERY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Where a text belongs in a run."""

    escalation: Escalation
    step: int
    round: int


def wake(
    *,
    alert: Alert,
    methods: Sequence[ContactMethod],
    occasion: Occasion,
    now: datetime,
) -> int:
    """Queue the texts of one step; return how many are new."""
    known = {
        code.method_id: code
        for code in ReplyCode.objects.filter(alert=alert, method__in=methods)
    }
    rows = []
    for method in methods:
        template = "duty_repeat" if method.pk in known else "duty_first"
        code = known.get(method.pk) or _give_code(alert, method, now)
        text = _for_contact(template, method, alert=alert, code=code.code, now=now)
        if text:
            rows.append(
                OutboundMessage(
                    alert=alert,
                    method=method,
                    purpose=Purpose.WAKE,
                    priority=Priority.P0,
                    escalation=occasion.escalation,
                    step=occasion.step,
                    round=occasion.round,
                    text=text,
                    created_at=now,
                    not_before=now,
                )
            )
    OutboundMessage.objects.bulk_create(rows, ignore_conflicts=True)
    for _row in rows:
        outbox.send_soon(Priority.P0)
    return len(rows)


def _give_code(alert: Alert, method: ContactMethod, now: datetime) -> ReplyCode:
    """A code that this number never had before; by chance it may take a second try."""
    while True:
        try:
            with transaction.atomic():
                return ReplyCode.objects.create(
                    alert=alert,
                    method=method,
                    number_index=method.index,
                    code=new_code(),
                    created_at=now,
                )
        except IntegrityError:
            if existing := ReplyCode.objects.filter(alert=alert, method=method).first():
                return existing


def tell_contact(
    template: str,
    *,
    alert: Alert,
    code: ReplyCode,
    purpose: Purpose,
    priority: Priority,
    occasion: str,
    now: datetime,
) -> None:
    """Queue one text outside a run: news, a confirmation, a question."""
    method = code.method
    text = _for_contact(template, method, alert=alert, code=code.code, now=now)
    if text:
        _queue(alert, method, purpose, priority, occasion, text, now)


def give_receipt(
    *, alert: Alert, person: Person, method: ContactMethod, occasion: str, now: datetime
) -> None:
    """A neutral receipt, at most one in two minutes; the same for every word sent."""
    recent = OutboundMessage.objects.filter(
        alert=alert, purpose=Purpose.RECEIPT, created_at__gt=now - RECEIPT_EVERY
    )
    if recent.exists():
        return
    text = catalogue.render(
        "reporter_receipt",
        language=person.language,
        time=_clock(now, person.time_zone),
        reference=receipt_reference(),
    )
    _queue(alert, method, Purpose.RECEIPT, Priority.P2, occasion, text, now)


def _queue(
    alert: Alert,
    method: ContactMethod,
    purpose: Purpose,
    priority: Priority,
    occasion: str,
    text: str,
    now: datetime,
) -> None:
    """Once per purpose, alert, occasion and number, however often this runs."""
    OutboundMessage.objects.bulk_create(
        [
            OutboundMessage(
                alert=alert,
                method=method,
                purpose=purpose,
                priority=priority,
                occasion=occasion,
                text=text,
                created_at=now,
                not_before=now,
            )
        ],
        ignore_conflicts=True,
    )
    outbox.send_soon(priority)


def _for_contact(
    template: str, method: ContactMethod, *, alert: Alert, code: str, now: datetime
) -> str:
    """The words for a contact; with a neutral opening if their own cannot be used."""
    contact = method.contact
    if contact is None:
        raise ValueError("This text is for contacts.")
    values = {
        "severity": str(alert.severity),
        "code": code,
        "time": _clock(now, settings.TIME_ZONE),
        "number": catalogue.own_number(),
    }
    neutral = catalogue.DEFAULT_PHRASE[Language(contact.language)]
    try:
        return catalogue.render(
            template,
            language=contact.language,
            phrase=contact.code_phrase or neutral,
            **values,
        )
    except catalogue.TextRefused:
        logger.error(
            "A code phrase breaks the content policy.", extra={"contact": contact.code}
        )
        return catalogue.render(
            template, language=contact.language, phrase=neutral, **values
        )


def _clock(now: datetime, time_zone: str) -> str:
    return now.astimezone(ZoneInfo(time_zone)).strftime("%H:%M")
