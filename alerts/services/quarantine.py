"""Requests we cannot trust are held where a human sees them, within bounds."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from alerts.choices import InboundSource, InboundState, QuarantineReason
from alerts.models import InboundMessage, QuarantineOverflow
from protection.fields import number_index
from protection.rules.phones import sender_of
from protection.rules.sealing import blind_index

MOST_IN_A_MINUTE = 120
MOST_HELD = 10_000
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
    in_last_minute = held.filter(received_at__gt=now - timedelta(minutes=1)).count()
    if in_last_minute >= MOST_IN_A_MINUTE or held.count() >= MOST_HELD:
        _count_overflow(now)
        return False
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


def _count_overflow(now: datetime) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    QuarantineOverflow.objects.get_or_create(hour=hour)
    QuarantineOverflow.objects.filter(hour=hour).update(refused=F("refused") + 1)
