"""The journey of an outbound message, from accepted to the handset."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from .background import Background
from .callbacks import CallbackLine, CallbackPoster
from .resource import Message
from .state import State
from .validation import bare, channel
from .webhooks import WebhookClient

RANK = {"accepted": 0, "scheduled": 0, "queued": 1, "sending": 2, "sent": 3}
PATIENCE_BEFORE_201 = 5.0


def steps_left(message: Message) -> Iterator[str]:
    """The statuses still to come; the same after a restart as before it."""
    reached = RANK.get(message.status, 4)
    if reached < RANK["queued"] and message.service_sid:
        yield "queued"
    if reached < RANK["sending"]:
        yield "sending"
    fails_early = message.fail_code is not None and message.fail_status == "failed"
    if reached < RANK["sent"] and not fails_early:
        yield "sent"
    if message.fail_code is not None:
        yield message.fail_status
    elif not message.stuck:
        yield "delivered"


class Carrier:
    def __init__(
        self, state: State, webhooks: WebhookClient, background: Background
    ) -> None:
        self._state = state
        self._background = background
        self._poster = CallbackPoster(state, webhooks, background)

    def start(self, message: Message) -> asyncio.Task[None]:
        hurry = self._state.settings.callback_profile == "delivered_before_201"
        return self._background.spawn(self._carry(message, hurry))

    async def start_and_answer(self, message: Message) -> None:
        """Return when the create call may be answered; usually that is at once."""
        task = self.start(message)
        if self._state.settings.callback_profile == "delivered_before_201":
            await asyncio.wait({task}, timeout=PATIENCE_BEFORE_201)

    def resume(self) -> None:
        for message in self._state.unfinished():
            self.start(message)

    def cancel(self, message: Message) -> None:
        """Take back what has not left yet; a change, so the callback tells it."""
        line = CallbackLine(self._poster, message)
        self._enter(message, "canceled")
        line.tell()
        self._background.spawn(line.finish())

    async def _carry(self, message: Message, hurry: bool) -> None:
        line = CallbackLine(self._poster, message)
        clock = self._state.clock
        if message.send_at is not None and message.status == "scheduled":
            await clock.sleep((message.send_at - clock.now()).total_seconds())
        for step in steps_left(message):
            await clock.sleep(0 if hurry else self._delay(step))
            if message.finished or message.deleted:
                break
            self._enter(message, step)
            if step != "sending":
                line.tell()
        await line.finish()

    def _delay(self, step: str) -> float:
        delays = self._state.settings.delays
        return delays.get(step, delays["delivered"])

    def _enter(self, message: Message, step: str) -> None:
        state = self._state
        if message.from_ is None:
            message.from_ = self._pick_sender(message.to)
        if step == "sent" and message.fail_code is None:
            state.hand_over(message)
        now = state.clock.now()
        if step == "sent":
            message.sent_at = now
        if step in {"failed", "undelivered"}:
            message.error_code = message.fail_code
        message.become(step, now)
        state.save(message)

    def _pick_sender(self, to: str) -> str:
        number = self._state.options.service_numbers[0]
        return f"{channel(to)}:{number}" if channel(to) else bare(number)
