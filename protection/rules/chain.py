"""The audit chain: each digest covers the event and the digest before it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Link:
    """What of an audit event the chain covers."""

    id: int
    at: datetime
    actor: str
    action: str
    target_kind: str
    target: str
    details: dict[str, Any]


def digest(previous: bytes, position: int, link: Link) -> bytes:
    content = json.dumps(
        [
            position,
            link.id,
            link.at.astimezone(UTC).isoformat(),
            link.actor,
            link.action,
            link.target_kind,
            link.target,
            link.details,
        ],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(previous + content.encode()).digest()
