"""To speak is to write an OutboundMessage. It leaves after commit, or by a sweep."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction

from alerts import catalogue, outbox
from alerts.choices import OutboundStatus, Priority, Purpose
from alerts.models import Alert, Escalation, OutboundMessage, ReplyCode
from alerts.rules.codes import new_code, receipt_reference
from protection.choices import Language
from protection.models import ContactMethod, Person
from protection.rules.sealing import SealBroken

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
        for code in ReplyCode.objects.open().filter(alert=alert, method__in=methods)
    }
    rows = []
    for method in methods:
        try:
            with transaction.atomic():
                rows.append(
                    _wake_up(alert, method, known.get(method.pk), occasion, now)
                )
        except OperationalError:
            raise
        except Exception:  # one contact's fault is never another's silence
            logger.exception(
                "A contact cannot be woken.", extra={"row": str(method.pk)}
            )
    # Whoever has not yet been reached by an older text gets the newer one only.
    OutboundMessage.objects.waiting().filter(
        alert=alert, purpose=Purpose.WAKE, method__in=[row.method_id for row in rows]
    ).exclude(step=occasion.step, round=occasion.round).update(
        status=OutboundStatus.SUPERSEDED, status_reason="newer_text"
    )
    OutboundMessage.objects.bulk_create(rows, ignore_conflicts=True)
    for _row in rows:
        outbox.send_soon(Priority.P0)
    return len(rows)


def _wake_up(
    alert: Alert,
    method: ContactMethod,
    code: ReplyCode | None,
    occasion: Occasion,
    now: datetime,
) -> OutboundMessage:
    template = "duty_repeat" if code else "duty_first"
    code = code or _give_code(alert, method, now)
    return OutboundMessage(
        alert=alert,
        method=method,
        purpose=Purpose.WAKE,
        priority=Priority.P0,
        escalation=occasion.escalation,
        step=occasion.step,
        round=occasion.round,
        text=_for_contact(template, method, alert=alert, code=code.code, now=now),
        created_at=now,
        not_before=now,
    )


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
            existing = ReplyCode.objects.open().filter(alert=alert, method=method)
            if code := existing.first():
                return code


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
    language = contact.language
    try:
        phrase = contact.code_phrase or _neutral(language)
        return catalogue.render(template, language=language, phrase=phrase, **values)
    except (catalogue.TextRefused, SealBroken):
        logger.error("A code phrase is unusable.", extra={"contact": contact.code})
        return catalogue.render(
            template, language=language, phrase=_neutral(language), **values
        )


def _neutral(language: str) -> str:
    return catalogue.DEFAULT_PHRASE[Language(language)]


def _clock(now: datetime, time_zone: str) -> str:
    return now.astimezone(ZoneInfo(time_zone)).strftime("%H:%M")
