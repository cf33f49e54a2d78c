"""Reading control requests: each wrong one gets a sentence, never a traceback."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web

from .inbound import Text
from .loopback import is_loopback_url
from .settings import Refused

SIGNATURES = ("valid", "missing", "wrong")
CHANNELS = ("sms", "whatsapp")
SID = re.compile(r"^(SM|MM)[0-9a-f]{32}$")
MAX_COUNT = 200
KNOWN = frozenset(
    {"from", "to", "body", "channel", "count", "sid", "params"}
    | {"signature", "account_sid", "url", "deliver"}
)


async def read_object(request: web.Request) -> dict[str, Any]:
    try:
        found = await request.json() if request.can_read_body else {}
    except ValueError:
        raise Refused("The body must be JSON.") from None
    if not isinstance(found, dict):
        raise Refused("The body must be a JSON object.")
    return found


def int_query(request: web.Request, name: str) -> int:
    text = request.query.get(name) or "0"
    if not text.isdecimal() or len(text) > 12:
        raise Refused(f"{name} must be a whole number.")
    return int(text)


def optional_text(wanted: dict[str, Any], name: str) -> str | None:
    value = wanted.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(f"{name} must be a text.")
    if value is not None and not is_unicode(value):
        raise Refused(f"{name} holds half a character (a lone surrogate).")
    return value or None


def is_unicode(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)


def read_text(wanted: dict[str, Any], default_to: str) -> Text:
    unknown = sorted(set(wanted) - KNOWN)
    if unknown:
        raise Refused(f"inbound does not know {', '.join(unknown)}.")
    sender = optional_text(wanted, "from")
    if sender is None:
        raise Refused('Say who writes: {"from": "+520012345678", "body": "..."}.')
    kind = optional_text(wanted, "channel") or "sms"
    if kind not in CHANNELS:
        raise Refused(f"channel is one of {', '.join(CHANNELS)}.")
    to = optional_text(wanted, "to") or default_to
    count = wanted.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool):
        raise Refused("count must be a whole number.")
    if not 1 <= count <= MAX_COUNT:
        raise Refused(f"count goes from 1 to {MAX_COUNT}.")
    sid = optional_text(wanted, "sid")
    if sid and not SID.match(sid):
        raise Refused("sid is SM or MM and 32 hexadecimal digits.")
    signature = optional_text(wanted, "signature") or "valid"
    if signature not in SIGNATURES:
        raise Refused(f"signature is one of {', '.join(SIGNATURES)}.")
    url = optional_text(wanted, "url")
    if url and not is_loopback_url(url):
        raise Refused("url must be http(s) on this machine.")
    deliver = wanted.get("deliver", True)
    if not isinstance(deliver, bool):
        raise Refused("deliver must be true or false.")
    return Text(
        sender=_address(kind, sender),
        to=_address(kind, to),
        body=optional_text(wanted, "body") or "",
        sid=sid,
        count=count,
        params=_params(wanted.get("params", {})),
        signature=signature,
        account_sid=optional_text(wanted, "account_sid"),
        url=url,
        deliver=deliver,
    )


def _address(kind: str, number: str) -> str:
    return number if kind == "sms" or ":" in number else f"{kind}:{number}"


def _params(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(
        isinstance(v, str) and is_unicode(k + v) for k, v in value.items()
    ):
        raise Refused('params is an object of texts: {"ProfileName": "Elena"}.')
    if not value.get("NumMedia", "0").isdecimal():
        raise Refused("params.NumMedia must be a whole number.")
    return value
