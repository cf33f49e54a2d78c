"""The trail: recorded in the transaction it speaks of, sealed right after (8.12)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from protection.models import AuditEvent
from protection.rules.chain import GENESIS, Link, digest

SEAL_LOCK = 0x5E5A2D0  # any constant: the advisory lock that makes sealing one process
BATCH = 5_000

_FIELDS = ("id", "at", "actor", "action", "target_kind", "target", "details")


def record(
    action: str, target: models.Model, *, by: str, now: datetime, **details: Any
) -> None:
    """Write one event in the caller's transaction. Details hold codes and ids only."""
    AuditEvent.objects.create(
        at=now,
        actor=by,
        action=action,
        target_kind=target._meta.label_lower,
        target=str(getattr(target, "code", target.pk)),
        details=details,
    )


def seal_audit() -> int:
    """Chain what is committed and not yet chained; return how many events.

    Runs apart from the writers, so that a long import never holds up a text message.
    """
    sealed = 0
    while batch := _seal_batch():
        sealed += batch
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    rows = list(
        AuditEvent.objects.filter(position__isnull=True)
        .order_by("id")
        .values_list(*_FIELDS)[:BATCH]
    )
    if not rows:
        return 0
    position, head = chain_head()
    sealed = []
    for row in rows:
        position += 1
        head = digest(head, position, Link(*row))
        sealed.append((row[0], position, head))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE protection_auditevent SET position = s.position, digest = s.digest"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])"
            " AS s(id, position, digest)"
            " WHERE protection_auditevent.id = s.id",
            [list(column) for column in zip(*sealed, strict=True)],
        )
    return len(sealed)


def chain_head() -> tuple[int, bytes]:
    """Position and digest of the last sealed event: print it, keep it elsewhere."""
    last = AuditEvent.objects.exclude(position=None).order_by("-position").first()
    if last is None or last.position is None or last.digest is None:
        return 0, GENESIS
    return last.position, bytes(last.digest)


@dataclass(frozen=True, slots=True)
class Verification:
    """What ``verify_audit`` found."""

    sealed: int
    unsealed: int
    head: bytes
    broken_at: int | None  # first position that does not fit, if any


def verify_audit() -> Verification:
    """Recompute the whole chain, streaming: memory stays flat at any length."""
    head, position = GENESIS, 0
    for row in _sealed_rows():
        *fields, found_position, found_digest = row
        position += 1
        head = digest(head, position, Link(*fields))
        if found_position != position or bytes(found_digest) != head:
            return Verification(position - 1, _unsealed(), head, position)
    return Verification(position, _unsealed(), head, None)


def _sealed_rows() -> Iterator[tuple[Any, ...]]:
    return (
        AuditEvent.objects.filter(position__isnull=False)
        .order_by("position")
        .values_list(*_FIELDS, "position", "digest")
        .iterator(chunk_size=BATCH)
    )


def _unsealed() -> int:
    return AuditEvent.objects.filter(position__isnull=True).count()
