"""Everything the emulated account knows, and the only place that changes it.

Each change is written to the journal first and then made, so that what a client was
told is still true after a restart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from .clock import Clock
from .faults import FaultPlan
from .journal import Event, Journal
from .ledger import Ledger, Received, Typed
from .options import Options
from .optout import OptOuts
from .resource import Message, SidMaker
from .settings import Settings
from .validation import bare
from .webhooks import Debugger


class State:
    def __init__(self, options: Options, clock: Clock) -> None:
        self.options = options
        self.clock = clock
        self.sids = SidMaker(options.seed)
        self.journal = Journal(options.state_dir)
        self._empty()
        for event in self.journal.read():
            self._replay(event)
        self.journal.start(self._events())

    def _empty(self) -> None:
        self.settings = Settings()
        self.faults = FaultPlan()
        self.debugger = Debugger()
        self.messages: dict[str, Message] = {}
        self.ledger = Ledger()
        self.optouts = OptOuts()
        self.counters: Counter[str] = Counter()
        self.creates: list[tuple[str, str]] = []
        self.revision = getattr(self, "revision", 0) + 1

    # Messages

    def new_message(self, **values: Any) -> Message:
        prefix = "MM" if values.get("num_media") else "SM"
        sid = values.pop("sid", None) or self.sids.make(prefix, self.messages)
        now = self.clock.now()
        message = Message(
            sid=sid,
            seq=len(self.messages),
            account_sid=self.options.account_sid,
            created_at=now,
            updated_at=now,
            **values,
        )
        message.become(message.status, now)
        self.save(message)
        return message

    def save(self, message: Message) -> None:
        self.journal.append({"op": "message", "message": message.to_record()})
        self.messages[message.sid] = message
        self.revision += 1

    def find(self, sid: str) -> Message | None:
        message = self.messages.get(sid)
        return None if message is None or message.deleted else message

    def delete(self, message: Message) -> None:
        """Leave a stone where it was, so that its SID and place stay taken."""
        message.deleted = True
        self.save(replace(message, body="", from_=None, to="", callback_url=None))

    def newest_first(self) -> Iterator[Message]:
        return (m for m in reversed(self.messages.values()) if not m.deleted)

    def unfinished(self) -> list[Message]:
        return [
            m
            for m in self.messages.values()
            if not (m.finished or m.deleted or m.direction == "inbound")
        ]

    # Handsets

    def hand_over(self, message: Message) -> None:
        """The carrier has the text, so the handset will show it; once only."""
        if not self.ledger.has(message.sid):
            self.show(
                message.to,
                message.from_ or "",
                message.body,
                message.sid,
                "reply" if message.direction == "outbound-reply" else "api",
            )

    def show(
        self, to: str, sender: str, text: str, sid: str | None, kind: str
    ) -> Received:
        now = self.clock.now()
        entry = self.ledger.new_received(to, sender, text, now, sid, kind)
        self.journal.append({"op": "received", "entry": asdict(entry)})
        self.ledger.add_received(entry)
        self.revision += 1
        return entry

    def type(self, handset: str, to: str, text: str, sid: str) -> Typed:
        entry = self.ledger.new_typed(handset, to, text, self.clock.now(), sid)
        self.journal.append({"op": "typed", "entry": asdict(entry)})
        self.ledger.add_typed(entry)
        self.revision += 1
        return entry

    def status_of(self, sid: str | None) -> str:
        message = self.messages.get(sid or "")
        return message.status if message else "delivered"

    # Opt-outs

    def scope(self, sender: str | None, service_sid: str | None) -> str:
        number = bare(sender or "")
        return service_sid or self.options.service_of(number) or number

    def set_blocked(self, scope: str, handset: str, blocked: bool) -> bool:
        event = {"op": "optout", "scope": scope, "handset": handset, "blocked": blocked}
        self.journal.append(event)
        return self.optouts.set(scope, handset, blocked)

    # The whole

    def reset(self) -> None:
        self.journal.forget()
        self._empty()

    def _events(self) -> Iterator[Event]:
        for message in self.messages.values():
            yield {"op": "message", "message": message.to_record()}
        for received in self.ledger.received:
            yield {"op": "received", "entry": asdict(received)}
        for typed in self.ledger.typed:
            yield {"op": "typed", "entry": asdict(typed)}
        for scope, handset in sorted(self.optouts.blocked):
            yield {"op": "optout", "scope": scope, "handset": handset, "blocked": True}

    def _replay(self, event: Event) -> None:
        match event.get("op"):
            case "message":
                message = Message.from_record(event["message"])
                self.messages[message.sid] = message
            case "received":
                self.ledger.add_received(Received(**event["entry"]))
            case "typed":
                self.ledger.add_typed(Typed(**{**event["entry"], "outcome": "unknown"}))
            case "optout":
                self.optouts.set(event["scope"], event["handset"], event["blocked"])
