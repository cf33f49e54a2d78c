"""A text arrives: it is stored, then it becomes an alert or an answer.

1. ``store`` commits the raw message before the provider gets its answer.
2. ``process`` decides what it means, in a transaction of its own. If that fails, the
   sweep tries again within seconds: the message is never lost.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from alerts.choices import (
    AlertStatus,
    InboundSource,
    InboundState,
    Meaning,
    Priority,
    Purpose,
)
from alerts.models import InboundMessage, ReplyCode
from alerts.rules.commands import OptOut, ReplyVerb, read_opt_out, read_reply
from alerts.services import messaging, triage
from alerts.services.alerting import raise_or_update
from protection.choices import Channel
from protection.fields import number_index
from protection.models import ContactMethod
from protection.rules.phones import sender_of
from protection.selectors import holders_of
from protection.services import audit

logger = logging.getLogger(__name__)

SWEEP_AFTER = timedelta(seconds=2)  # the request that stored it usually processes it


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request whose signature, account and recipient are ours."""

    provider_sid: str
    reported_sender: str
    text: str
    payload: bytes
    source: InboundSource


def store(arrival: Arrival, *, now: datetime) -> UUID | None:
    """Store a text once for ever; None when this message was already stored."""
    sender = sender_of(arrival.reported_sender)
    is_whatsapp = arrival.reported_sender.strip().startswith("whatsapp:")
    message = InboundMessage(
        source=arrival.source,
        provider_sid=arrival.provider_sid,
        channel=Channel.WHATSAPP if is_whatsapp else Channel.SMS,
        sender=sender.address,
        sender_index=number_index(sender.address),
        text=arrival.text,
        payload=arrival.payload,
        received_at=now,
    )
    with transaction.atomic():
        InboundMessage.objects.bulk_create([message], ignore_conflicts=True)
        is_new = InboundMessage.objects.filter(pk=message.pk).exists()
    return message.pk if is_new else None


def waiting_messages(*, now: datetime, limit: int = 500) -> list[UUID]:
    """Texts that were stored but not processed."""
    return list(
        InboundMessage.objects.waiting()
        .filter(received_at__lte=now - SWEEP_AFTER)
        .order_by("received_at")
        .values_list("id", flat=True)[:limit]
    )


@transaction.atomic
def process(*, message_id: UUID, now: datetime) -> bool:
    """Decide what a stored text means; False when somebody else has it or did it.

    First match wins: an open reply code of this number, an enrolled person, a contact,
    and else a human reads it (CONTRACT 8.8, MESSAGING 11.1).
    """
    message = (
        InboundMessage.objects.waiting()
        .select_for_update(of=("self",), skip_locked=True)
        .filter(pk=message_id)
        .first()
    )
    if message is None:
        return False
    people, contact_methods = holders_of(message.sender)
    if not _answered(message, now):
        if people:
            raise_or_update(message, people, now)
        elif contact_methods:
            _mirror_opt_out(message, contact_methods, now)
            _keep_for_human(message, Meaning.UNCLEAR_REPLY)
        else:
            _keep_for_human(message, Meaning.UNKNOWN_SENDER)
    message.state = InboundState.PROCESSED
    message.processed_at = now
    message.save(
        update_fields=["state", "processed_at", "meaning", "alert", "needs_human"]
    )
    return True


# --- Answers -----------------------------------------------------------------------
def _answered(message: InboundMessage, now: datetime) -> bool:
    """Was this an acknowledgement by the number the code was sent to?"""
    reply = read_reply(message.text)
    if reply is None or reply.verb is not ReplyVerb.ACKNOWLEDGE:
        return False
    codes = [
        code
        for code in ReplyCode.objects.open()
        .filter(number_index=message.sender_index)
        .filter(**({"code": reply.code} if reply.code else {}))
        .select_related("method__contact__organisation", "alert__person")
        .order_by("-created_at")
        if triage.may_answer(code, code.alert)
        and (reply.code or code.alert.status == AlertStatus.NEW)
    ]
    if not codes:
        return False
    if len({code.alert_id for code in codes}) > 1:  # a bare digit, several requests
        _ask_which(message, codes[0], now)
        return True
    try:
        triage.acknowledge_by_code(code=codes[0], occasion=str(message.pk), now=now)
    except triage.MayNotAnswer:
        return False
    message.meaning = Meaning.ACKNOWLEDGEMENT
    message.alert_id = codes[0].alert_id
    return True


def _ask_which(message: InboundMessage, code: ReplyCode, now: datetime) -> None:
    """Several requests wait on this phone: ask, never guess."""
    messaging.tell_contact(
        "duty_which",
        alert=code.alert,
        code=code,
        purpose=Purpose.WHICH,
        priority=Priority.P1,
        occasion=str(message.pk),
        now=now,
    )
    _keep_for_human(message, Meaning.UNCLEAR_REPLY)


def _mirror_opt_out(
    message: InboundMessage, methods: list[ContactMethod], now: datetime
) -> None:
    """The provider acts on these words before us: our record must say the same.

    Only for contacts. The same words from an enrolled person are an alert.
    """
    wish = read_opt_out(message.text)
    if wish is None:
        return
    opted_out_at = now if wish is OptOut.STOP else None
    for method in methods:
        method.opted_out_at = opted_out_at
        method.save(update_fields=["opted_out_at"])
        if method.contact:
            audit.record(f"contact.{wish}", method.contact, by="provider", now=now)


def _keep_for_human(message: InboundMessage, meaning: Meaning) -> None:
    message.meaning = meaning
    message.needs_human = True
