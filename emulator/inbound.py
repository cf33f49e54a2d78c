"""A handset texts one of our numbers: the resource, the webhook, the answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from .carrier import Carrier
from .ledger import Typed
from .optout import HELP_REPLY, START_REPLY, STOP_REPLY, keyword_of
from .resource import API_VERSION, Message, how_it_fails, segments_of
from .settings import Refused
from .state import State
from .twiml import BadTwiml, Reply, read_replies
from .validation import bare, channel
from .webhooks import Delivery, WebhookClient

BLANK_GEO = ("State", "City", "Zip")
COUNTRIES = {"+502": "GT", "+503": "SV", "+504": "HN", "+52": "MX", "+57": "CO"}


@dataclass(frozen=True)
class Text:
    """What is typed on a handset, and how its delivery is to be bent for a test."""

    sender: str
    to: str
    body: str
    sid: str | None = None
    count: int = 1
    params: dict[str, str] = field(default_factory=dict)
    signature: str = "valid"
    account_sid: str | None = None
    url: str | None = None
    deliver: bool = True


class Inbox:
    def __init__(self, state: State, webhooks: WebhookClient, carrier: Carrier) -> None:
        self._state = state
        self._webhooks = webhooks
        self._carrier = carrier

    def accept(self, text: Text) -> Message:
        """Create the resource; the same SID again is the same text again."""
        if text.sid and text.sid in self._state.messages:
            known = self._state.find(text.sid)
            if known is None or known.direction != "inbound":
                raise Refused("This SID belongs to another message.", 409)
            return known
        message = self._state.new_message(
            sid=text.sid,
            direction="inbound",
            from_=text.sender,
            to=text.to,
            body=text.body,
            status="received",
            sent_at=self._state.clock.now(),
            service_sid=self._state.options.service_of(bare(text.to)),
            num_media=int(text.params.get("NumMedia", "0") or 0),
            segments=segments_of(text.body, text.sender),
        )
        self._state.type(text.sender, text.to, text.body, message.sid)
        self._obey_keyword(message)
        return message

    async def deliver(self, text: Text, message: Message) -> list[Delivery]:
        typed = self._state.ledger.typed_sids[message.sid]
        if not text.deliver:
            self._close(typed, "not_delivered")
            return []
        form = inbound_form(message, text)
        url = text.url or self._state.options.inbound_url
        deliveries = await asyncio.gather(
            *(self._post(url, form, text.signature) for _ in range(text.count))
        )
        self._close(typed, "ok" if all(d.ok for d in deliveries) else "failed")
        return deliveries

    def _close(self, typed: Typed, outcome: str) -> None:
        typed.outcome = outcome
        self._state.revision += 1

    async def _post(self, url: str, form: dict[str, str], signature: str) -> Delivery:
        delivery = await self._webhooks.post(url, form, "inbound", signature)
        if delivery.ok:
            try:
                for reply in read_replies(delivery.content_type, delivery.body):
                    self._reply(reply, form)
            except BadTwiml as problem:
                delivery.fail("twiml", problem.code, str(problem))
        state = self._state
        state.counters["inbound_ok" if delivery.ok else "inbound_failed"] += 1
        state.debugger.add(state.clock.now(), "inbound", form, delivery)
        return delivery

    def _reply(self, reply: Reply, form: dict[str, str]) -> None:
        sender, to = reply.sender or form["To"], reply.to or form["From"]
        state = self._state
        service_sid = state.options.service_of(bare(sender))
        blocked = state.optouts.is_blocked(state.scope(sender, service_sid), to)
        message = state.new_message(
            direction="outbound-reply",
            from_=sender,
            to=to,
            body=reply.text,
            status="queued",
            service_sid=service_sid,
            segments=segments_of(reply.text, to),
            **(how_it_fails(21610) if blocked else {}),
        )
        self._carrier.start(message)

    def _obey_keyword(self, message: Message) -> None:
        """Twilio's layer: it blocks or lifts, and answers, before the webhook."""
        state, handset = self._state, message.from_ or ""
        keyword = keyword_of(message.body)
        if keyword is None or not state.settings.optout_keywords or channel(handset):
            return
        scope = state.scope(message.to, message.service_sid)
        if keyword == "help":
            if not state.optouts.is_blocked(scope, handset):
                state.show(handset, message.to, HELP_REPLY, None, "auto-reply")
        elif state.set_blocked(scope, handset, keyword == "stop"):
            answer = STOP_REPLY if keyword == "stop" else START_REPLY
            state.show(handset, message.to, answer, None, "auto-reply")


def inbound_form(message: Message, text: Text) -> dict[str, str]:
    """The form of section 11.3; the blank fields are signed like all others."""
    sender, to = message.from_ or "", message.to
    form = {
        "ToCountry": country_of(to),
        "FromCountry": country_of(sender),
        **{f"To{name}": "" for name in BLANK_GEO},
        **{f"From{name}": "" for name in BLANK_GEO},
        "MessageSid": message.sid,
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": "received",
        "NumMedia": "0",
        "NumSegments": str(message.segments),
        "Body": message.body,
        "From": sender,
        "To": to,
        "AccountSid": text.account_sid or message.account_sid,
        "ApiVersion": API_VERSION,
    }
    if message.service_sid:
        form["MessagingServiceSid"] = message.service_sid
    if channel(sender) == "whatsapp":
        form["WaId"] = bare(sender).lstrip("+")
    return form | text.params


def country_of(address: str) -> str:
    number = bare(address)
    return next((c for p, c in COUNTRIES.items() if number.startswith(p)), "")
