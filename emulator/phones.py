"""The phones page: type as the journalist, see what every handset received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web

from .background import Background
from .inbound import Inbox, Text
from .ledger import Received, Typed
from .options import E164, BadOptions
from .page import render_page
from .reading import is_unicode
from .settings import Refused
from .state import State
from .validation import MAX_BODY, bare, channel
from .words import WORDS, language

SHOWN_MESSAGES = 60
SHOWN_STRANGERS = 40


@dataclass(frozen=True)
class Bubble:
    id: str
    way: str
    peer: str
    text: str
    at: str
    time: str
    status: str


class Phones:
    def __init__(self, state: State, inbox: Inbox, background: Background) -> None:
        self._state = state
        self._inbox = inbox
        self._background = background
        self._zone = _zone(state.options.time_zone)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.page),
            web.get("/_emulator/phones", self.poll),
            web.post("/phones/send", self.send),
        ]

    async def page(self, request: web.Request) -> web.Response:
        lang = language(request.query.get("lang"))
        html = render_page(
            lang=lang,
            phones=self._phones(lang),
            own_numbers=[
                (n, format_number(n)) for n in self._state.options.own_numbers
            ],
            revision=self._state.revision,
            trouble=bare_number(request.query.get("empty", "")),
        )
        return web.Response(text=html, content_type="text/html")

    async def poll(self, request: web.Request) -> web.Response:
        """Everything the page shows, or nothing when nothing has changed."""
        revision = self._state.revision
        if request.query.get("revision") == str(revision):
            return web.json_response({"revision": revision, "phones": None})
        lang = language(request.query.get("lang"))
        return web.json_response({"revision": revision, "phones": self._phones(lang)})

    async def send(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        sender, to, body = (str(form.get(n, "")) for n in ("from", "to", "body"))
        lang = language(str(form.get("lang", "")))
        back = {"lang": lang}
        if not E164.match(sender) or to not in self._state.options.own_numbers:
            raise Refused("A text goes from a number to one of the account's own.")
        if body.strip() and is_unicode(body):
            text = Text(sender=sender, to=to, body=body[:MAX_BODY])
            message = self._inbox.accept(text)
            self._background.spawn(self._inbox.deliver(text, message))
        else:
            back["empty"] = sender
        if "application/json" in request.headers.get("Accept", ""):
            return web.json_response({"sent": "empty" not in back})
        anchor = f"phone-{bare_number(sender)}"
        raise web.HTTPSeeOther(f"/?{urlencode(back)}#{anchor}")

    def _phones(self, lang: str) -> list[dict[str, Any]]:
        words, cast = WORDS[lang], self._state.options.cast
        known = {phone["number"] for phone in cast}
        strangers = [n for n in self._state.ledger.handsets() if n not in known]
        cards = [self._card(dict(phone), lang) for phone in cast]
        for number in strangers[:SHOWN_STRANGERS]:
            phone = {"number": number, "group": words["others"]}
            cards.append(self._card(phone, lang))
        return cards

    def _card(self, phone: dict[str, str], lang: str) -> dict[str, Any]:
        words, number = WORDS[lang], phone["number"]
        bubbles = self._conversation(number, words)
        return {
            "id": f"phone-{bare_number(number)}",
            "number": number,
            "number_text": format_number(number),
            "label": phone.get("label") or words["unknown"],
            "role": phone.get("role", ""),
            "hint": phone.get("hint", ""),
            "group": phone.get("group") or words["others"],
            "can_send": bool(E164.match(number)),
            "messages": [vars(b) for b in bubbles[-SHOWN_MESSAGES:]],
        }

    def _conversation(self, number: str, words: dict[str, str]) -> list[Bubble]:
        ledger = self._state.ledger
        received = ledger.received_by.get(number, [])[-SHOWN_MESSAGES:]
        typed = ledger.typed_by.get(number, [])[-SHOWN_MESSAGES:]
        bubbles = [self._received(entry, words) for entry in received]
        bubbles += [self._typed(entry, words) for entry in typed]
        return sorted(bubbles, key=lambda b: (b.at, b.way == "in"))

    def _received(self, entry: Received, words: dict[str, str]) -> Bubble:
        status = "auto" if entry.sid is None else self._state.status_of(entry.sid)
        return Bubble(
            id=f"r{entry.index}",
            way="in",
            peer=format_number(entry.sender),
            text=entry.text,
            at=entry.at,
            time=self._time(entry.at),
            status=words.get(f"status_{status}", status),
        )

    def _typed(self, entry: Typed, words: dict[str, str]) -> Bubble:
        return Bubble(
            id=f"t{entry.index}",
            way="out",
            peer=format_number(entry.to),
            text=entry.text,
            at=entry.at,
            time=self._time(entry.at),
            status=words.get(f"status_{entry.outcome}", ""),
        )

    def _time(self, at: str) -> str:
        return datetime.fromisoformat(at).astimezone(self._zone).strftime("%H:%M:%S")


def bare_number(number: str) -> str:
    return "".join(c for c in number if c.isalnum())


def format_number(address: str) -> str:
    """As people read it, "+52 00 1234 5678"; another country's stays as it is."""
    number, prefix = bare(address), channel(address)
    if number.startswith("+52") and len(number) == 13:
        number = f"+52 {number[3:5]} {number[5:9]} {number[9:]}"
    return f"{number} ({prefix})" if prefix else number


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadOptions(f"There is no time zone {name!r}.") from error
