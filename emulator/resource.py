"""The Message resource: what is kept about one text, and its JSON."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from .segments import count_segments

API_VERSION = "2010-04-01"
FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "received"})
UNSENT = frozenset({"accepted", "scheduled", "queued", "sending"})
CANCELABLE = frozenset({"accepted", "scheduled", "queued"})

TIMES = ("created_at", "updated_at", "sent_at", "send_at")

ERROR_TEXTS = {
    21610: "Attempt to send to unsubscribed recipient",
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30036: "Validity period expired",
    30410: "Provider timeout error",
    30450: "Message delivery blocked",
    63016: "Outside the allowed window for free-form messages",
}
FAILED_BEFORE_SENT = frozenset(
    {21610, 30001, 30002, 30007, 30029, 30036, 30450, 30453, 63016, 63018, 14107}
)


class ApiError(Exception):
    """A refusal with Twilio's HTTP status, error code and sentence."""

    def __init__(
        self, status: int, code: int, message: str, retry_after: int | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


@dataclass
class Message:
    sid: str
    seq: int
    account_sid: str
    direction: str
    from_: str | None
    to: str
    body: str
    status: str
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    service_sid: str | None = None
    num_media: int = 0
    error_code: int | None = None
    deleted: bool = False
    segments: int = 1
    # What only the emulator knows.
    callback_url: str | None = None
    send_at: datetime | None = None
    fail_code: int | None = None
    fail_status: str = "undelivered"
    stuck: bool = False
    history: list[list[str]] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        return self.status in FINAL or (self.stuck and self.status == "sent")

    def become(self, status: str, now: datetime) -> None:
        self.status = status
        self.updated_at = now
        self.history.append([status, now.isoformat()])

    def to_record(self) -> dict[str, Any]:
        record = asdict(self)
        for name in TIMES:
            record[name] = record[name] and record[name].isoformat()
        return record

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Message:
        known = {f.name for f in fields(cls)}
        values = {k: v for k, v in record.items() if k in known}
        for name in TIMES:
            values[name] = values[name] and datetime.fromisoformat(values[name])
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        uri = f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{self.sid}"
        unassigned = self.service_sid and self.status in {"accepted", "scheduled"}
        outbound = self.direction != "inbound"
        return {
            "account_sid": self.account_sid,
            "api_version": API_VERSION,
            "body": self.body,
            "date_created": rfc2822(self.created_at),
            "date_sent": rfc2822(self.sent_at),
            "date_updated": rfc2822(self.updated_at),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": _error_text(self.error_code),
            "from": self.from_,
            "messaging_service_sid": self.service_sid,
            "num_media": str(self.num_media),
            "num_segments": "0" if unassigned and outbound else str(self.segments),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


def _error_text(code: int | None) -> str | None:
    return None if code is None else ERROR_TEXTS.get(code, "Unknown error")


def how_it_fails(code: int, status: str | None = None) -> dict[str, Any]:
    """How the journey ends, decided at acceptance so that a restart agrees."""
    early = "failed" if code in FAILED_BEFORE_SENT else "undelivered"
    return {"fail_code": code, "fail_status": status or early}


def rfc2822(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0))


def segments_of(body: str, channel_address: str) -> int:
    """Only SMS is cut into parts; every other channel counts as one."""
    return 1 if ":" in channel_address else count_segments(body)


class SidMaker:
    """SIDs that no two messages share; the same ones again for the same seed."""

    def __init__(self, seed: int | None) -> None:
        self.random: random.Random = random.SystemRandom()
        if seed is not None:
            self.random = random.Random(seed)  # noqa: S311  (repeatable on purpose)

    def make(self, prefix: str, taken: Any = ()) -> str:
        while True:
            sid = f"{prefix}{self.random.getrandbits(128):032x}"
            if sid not in taken:
                return sid
