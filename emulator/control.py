"""The control API under /_emulator/: how tests and the demo steer the emulator."""

from __future__ import annotations

from collections import Counter
from typing import Any

from aiohttp import web

from .background import Background
from .inbound import Inbox
from .reading import int_query, optional_text, read_object, read_text
from .settings import Refused
from .state import State
from .validation import bare

PREFIX = "/_emulator"


class Control:
    def __init__(self, state: State, inbox: Inbox, background: Background) -> None:
        self._state = state
        self._inbox = inbox
        self._background = background

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{PREFIX}/health", self.health),
            web.post(f"{PREFIX}/inbound", self.inbound),
            web.get(f"{PREFIX}/ledger", self.ledger),
            web.get(f"{PREFIX}/pii_scan", self.pii_scan),
            web.get(f"{PREFIX}/messages", self.messages),
            web.get(f"{PREFIX}/debugger", self.debugger),
            web.get(f"{PREFIX}/faults", self.faults),
            web.post(f"{PREFIX}/faults", self.add_faults),
            web.delete(f"{PREFIX}/faults", self.remove_faults),
            web.delete(f"{PREFIX}/faults/{{id:\\d+}}", self.remove_faults),
            web.get(f"{PREFIX}/settings", self.settings),
            web.patch(f"{PREFIX}/settings", self.change_settings),
            web.post(f"{PREFIX}/optout", self.optout),
            web.get(f"{PREFIX}/stats", self.stats),
            web.post(f"{PREFIX}/reset", self.reset),
        ]

    async def health(self, request: web.Request) -> web.Response:
        options = self._state.options
        return web.json_response(
            {
                "status": "ok",
                "account_sid": options.account_sid,
                "own_numbers": options.own_numbers,
                "messaging_service_sid": options.service_sid,
                "service_numbers": options.service_numbers,
                "inbound_url": options.inbound_url,
            }
        )

    async def inbound(self, request: web.Request) -> web.Response:
        wanted = await read_object(request)
        wait = wanted.pop("wait", True)
        text = read_text(wanted, self._state.options.own_numbers[0])
        message = self._inbox.accept(text)
        if wait is not True:
            self._background.spawn(self._inbox.deliver(text, message))
            return web.json_response({"sid": message.sid}, status=202)
        deliveries = await self._inbox.deliver(text, message)
        return web.json_response(
            {
                "sid": message.sid,
                "status_code": deliveries[0].status_code if deliveries else None,
                "deliveries": [d.to_json() for d in deliveries],
            }
        )

    async def ledger(self, request: web.Request) -> web.Response:
        ledger = self._state.ledger
        entries = ledger.select(
            request.query.get("to") or None, int_query(request, "since_index")
        )
        status = self._state.status_of
        return web.json_response(
            {
                "next_index": len(ledger.received),
                "entries": [e.to_json(status(e.sid)) for e in entries],
            }
        )

    async def pii_scan(self, request: web.Request) -> web.Response:
        words = request.query.getall("word", [])
        if not words:
            raise Refused("Name what to look for: ?word=Elena&word=Oaxaca.")
        return web.json_response({"hits": self._state.ledger.pii_scan(words)})

    async def messages(self, request: web.Request) -> web.Response:
        listed = [
            {
                **m.to_json(),
                "status_callback": m.callback_url,
                "status_history": m.history,
            }
            for m in self._state.newest_first()
        ]
        return web.json_response({"messages": listed})

    async def debugger(self, request: web.Request) -> web.Response:
        debugger, since = self._state.debugger, int_query(request, "since_index")
        entries = [e for e in debugger.entries if e["index"] >= since]
        return web.json_response(
            {"next_index": debugger.next_index, "entries": entries}
        )

    async def faults(self, request: web.Request) -> web.Response:
        return web.json_response({"faults": self._state.faults.to_json()})

    async def add_faults(self, request: web.Request) -> web.Response:
        wanted = await read_object(request)
        self._state.faults.add(wanted)
        return web.json_response(
            {"faults": self._state.faults.to_json()[-1:]}, status=201
        )

    async def remove_faults(self, request: web.Request) -> web.Response:
        fault_id = request.match_info.get("id")
        removed = self._state.faults.remove(int(fault_id) if fault_id else None)
        if fault_id and not removed:
            raise Refused("There is no such fault.", 404)
        return web.json_response({"removed": removed})

    async def settings(self, request: web.Request) -> web.Response:
        return web.json_response(self._state.settings.to_json())

    async def change_settings(self, request: web.Request) -> web.Response:
        self._state.settings.patch(await read_object(request))
        return await self.settings(request)

    async def optout(self, request: web.Request) -> web.Response:
        wanted = await read_object(request)
        number = optional_text(wanted, "number")
        sender = optional_text(wanted, "sender")
        blocked = wanted.get("blocked", True)
        if number is None or not isinstance(blocked, bool):
            raise Refused('Give {"number": "+520012345678", "blocked": true}.')
        state, options = self._state, self._state.options
        senders = [sender] if sender else options.own_numbers
        for scope in {state.scope(s, None) for s in senders}:
            state.set_blocked(scope, number, blocked)
        return web.json_response({"number": number, "blocked": blocked})

    async def stats(self, request: web.Request) -> web.Response:
        state, to = self._state, request.query.get("to")
        creates = [
            outcome
            for number, outcome in state.creates
            if not to or bare(number) == bare(to)
        ]
        statuses = Counter(m.status for m in state.newest_first())
        count = state.counters
        body: dict[str, Any] = {
            "create_calls": len(creates),
            "create_outcomes": Counter(creates),
            "api_calls": count["api_calls"],
            "messages": statuses,
            "received": len(state.ledger.received),
            "inbound": {"ok": count["inbound_ok"], "failed": count["inbound_failed"]},
            "callbacks": {
                "ok": count["callbacks_ok"],
                "failed": count["callbacks_failed"],
            },
            "active": self._background.active,
        }
        return web.json_response(body)

    async def reset(self, request: web.Request) -> web.Response:
        await self._background.stop()
        self._state.reset()
        return web.json_response({"status": "ok"})
