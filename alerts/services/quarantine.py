"""Requests we cannot trust are held where a human sees them, within bounds."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from alerts.choices import InboundSource, InboundState, QuarantineReason
from alerts.models import InboundMessage, QuarantineOverflow
from protection.fields import number_index
from protection.rules.phones import sender_of
from protection.rules.sealing import blind_index

# Whoever is not the provider has bounds of their own: they must never crowd out a text
# that the provider signed and we cannot place.
MOST_IN_A_MINUTE = {True: 600, False: 120}  # signed, unsigned
MOST_UNSIGNED = 10_000  # beyond, the oldest make room
UNSIGNED = (QuarantineReason.SIGNATURE, QuarantineReason.TOO_LARGE)
LONGEST_PAYLOAD = 16 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Doubtful:
    reason: QuarantineReason
    provider_sid: str
    reported_sender: str
    text: str
    payload: bytes
    source: InboundSource


@transaction.atomic
def hold(doubtful: Doubtful, *, now: datetime) -> bool:
    """Hold a request; False when the bounds only let it be counted.

    The same request seen again is counted on its row.
    """
    fingerprint = blind_index(
        f"{doubtful.reason}:{hashlib.sha256(doubtful.payload).hexdigest()}",
        key=settings.BLIND_INDEX_KEY,
        purpose="quarantine",
    )
    held = InboundMessage.objects.quarantined()
    if held.filter(fingerprint=fingerprint).update(times_seen=F("times_seen") + 1):
        return True
    is_signed = doubtful.reason not in UNSIGNED
    alike = (
        held.exclude(reason__in=UNSIGNED)
        if is_signed
        else held.filter(reason__in=UNSIGNED)
    )
    in_last_minute = alike.filter(received_at__gt=now - timedelta(minutes=1)).count()
    if in_last_minute >= MOST_IN_A_MINUTE[is_signed]:
        _count_overflow(now)
        return False
    if not is_signed:
        _make_room(alike)
    sender = sender_of(doubtful.reported_sender[:100]).address
    InboundMessage.objects.bulk_create(
        [
            InboundMessage(
                state=InboundState.QUARANTINED,
                reason=doubtful.reason,
                source=doubtful.source,
                provider_sid=doubtful.provider_sid,
                sender=sender,
                sender_index=number_index(sender),
                text=doubtful.text[:2000],
                payload=doubtful.payload[:LONGEST_PAYLOAD],
                fingerprint=fingerprint,
                received_at=now,
                needs_human=True,
            )
        ],
        ignore_conflicts=True,
    )
    return True


def _make_room(unsigned: QuerySet[InboundMessage]) -> None:
    if unsigned.count() >= MOST_UNSIGNED:
        oldest = unsigned.order_by("received_at").values("pk")[: MOST_UNSIGNED // 100]
        InboundMessage.objects.filter(pk__in=oldest).delete()


def _count_overflow(now: datetime) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    QuarantineOverflow.objects.get_or_create(hour=hour)
    QuarantineOverflow.objects.filter(hour=hour).update(refused=F("refused") + 1)
