"""Status callbacks: what is told about a message, and in which order.

The orderly profile is the exception in real life, so the others are here too: twice,
backwards, before the create call has answered, or never.
"""

from __future__ import annotations

import asyncio

from .background import Background
from .resource import API_VERSION, FINAL, Message
from .state import State
from .webhooks import WebhookClient

Form = dict[str, str]


def callback_form(message: Message) -> Form:
    """The parameters of section 2.2: never the body, only what became of it."""
    form = {
        "MessageSid": message.sid,
        "MessageStatus": message.status,
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "To": message.to,
        "From": message.from_ or "",
        "AccountSid": message.account_sid,
        "ApiVersion": API_VERSION,
    }
    if message.service_sid:
        form["MessagingServiceSid"] = message.service_sid
    if message.error_code is not None:
        form["ErrorCode"] = str(message.error_code)
    if message.status in {"delivered", "undelivered"}:
        form["RawDlrDoneDate"] = message.updated_at.strftime("%y%m%d%H%M")
    return form


class CallbackPoster:
    """Posts one callback and writes down how it went."""

    def __init__(
        self, state: State, webhooks: WebhookClient, background: Background
    ) -> None:
        self.state = state
        self.background = background
        self._webhooks = webhooks

    async def __call__(self, url: str, form: Form) -> None:
        delivery = await self._webhooks.post(url, form, "status")
        state = self.state
        state.counters["callbacks_ok" if delivery.ok else "callbacks_failed"] += 1
        state.debugger.add(state.clock.now(), "status", form, delivery)


class CallbackLine:
    """The callbacks of one message. One profile for its whole life."""

    def __init__(self, post: CallbackPoster, message: Message) -> None:
        state = post.state
        self._post = post
        self._random = state.sids.random
        self._message = message
        self._url = message.callback_url
        self._profile = state.settings.callback_profile
        self._copies = state.settings.callback_copies
        self._held: list[Form] = []
        self._tail: asyncio.Task[None] | None = None

    def tell(self) -> None:
        """Say the message's present status, now or when the profile lets it out."""
        if self._url is None or self._profile == "never":
            return
        form = callback_form(self._message)
        final = self._message.status in FINAL
        late = self._profile == "late_sent_after_delivered"
        if final and self._profile == "missing_terminal":
            return
        if self._profile == "shuffled" or (late and form["MessageStatus"] == "sent"):
            self._held.append(form)
            return
        copies = self._copies if self._profile == "duplicate_n" else 1
        self._queue([form] * copies)

    async def finish(self) -> None:
        """Let out what was held back and wait until everything has been posted."""
        told = list(self._held)
        while len(told) > 1 and told == self._held:
            self._random.shuffle(told)
        self._held.clear()
        for form in told:
            self._queue([form])
        if self._tail is not None:
            await self._tail

    def _queue(self, forms: list[Form]) -> None:
        """Behind what is already on its way, without holding up the carrier."""
        before, url = self._tail, self._url or ""

        async def run() -> None:
            if before is not None:
                await before
            await asyncio.gather(*(self._post(url, form) for form in forms))

        self._tail = self._post.background.spawn(run())
