"""Twilio's REST API for Messages, under /2010-04-01/Accounts/{sid}/."""

from __future__ import annotations

import asyncio
import hmac
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BasicAuth, web

from .carrier import Carrier
from .faults import AFTER, CARRIER, TRANSPORT, Fault
from .listing import list_page
from .resource import CANCELABLE, UNSENT, ApiError, Message, how_it_fails, segments_of
from .state import State
from .validation import Draft, bare, check_create

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Form = dict[str, str]


class Api:
    def __init__(self, state: State, carrier: Carrier) -> None:
        self._state = state
        self._carrier = carrier

    def routes(self) -> list[web.RouteDef]:
        base = "/2010-04-01/Accounts/{account}/Messages"
        one = base + "/{sid:[^/.]+}.json"
        return [
            web.post(f"{base}.json", self._signed_in(self.create)),
            web.get(f"{base}.json", self._signed_in(self.list)),
            web.get(one, self._signed_in(self.fetch)),
            web.post(one, self._signed_in(self.update)),
            web.delete(one, self._signed_in(self.delete)),
        ]

    def _signed_in(self, handler: Handler) -> Handler:
        async def checked(request: web.Request) -> web.StreamResponse:
            self._state.counters["api_calls"] += 1
            self._authenticate(request)
            return await handler(request)

        async def counted(request: web.Request) -> web.StreamResponse:
            create = request.method == "POST" and "sid" not in request.match_info
            if not create:
                return await checked(request)
            form, _ = await read_form(request)
            place = len(self._state.creates)
            creates = self._state.creates
            creates.append((form.get("To", ""), "unanswered"))
            outcome = "unanswered"
            try:
                answer = await checked(request)
                outcome = str(answer.status)
                return answer
            except ApiError as error:
                outcome = str(error.code)
                raise
            finally:
                creates[place] = (form.get("To", ""), outcome)

        return counted

    def _authenticate(self, request: web.Request) -> None:
        options = self._state.options
        pairs = [(options.account_sid, options.auth_token)]
        if options.api_key and options.api_secret:
            pairs.append((options.api_key, options.api_secret))
        try:
            given = BasicAuth.decode(request.headers.get("Authorization", ""), "utf-8")
        except ValueError:
            raise ApiError(401, 20003, "Authenticate") from None
        known = any(
            hmac.compare_digest(given.login.encode(), login.encode())
            and hmac.compare_digest(given.password.encode(), password.encode())
            for login, password in pairs
        )
        mine = request.match_info["account"] == options.account_sid
        if not known or not mine:
            raise ApiError(401, 20003, "Authenticate")
        if self._state.faults.take(("account_suspended",)):
            raise ApiError(401, 20003, "The account is suspended.")

    async def create(self, request: web.Request) -> web.StreamResponse:
        form, media_count = await read_form(request)
        state = self._state
        to, body = form.get("To", ""), form.get("Body", "")
        fault = state.faults.take(TRANSPORT, to, body)
        if fault and fault.kind not in AFTER:
            await self._fail_before(request, fault)
        now = state.clock.now()
        draft = check_create(form, media_count, state.options, state.settings, now)
        message = self._accept(draft)
        answer = web.json_response(message.to_json(), status=201)
        await self._carrier.start_and_answer(message)
        if fault and fault.kind in AFTER:
            await self._fail_after(request, fault)
        return answer

    def _accept(self, draft: Draft) -> Message:
        state = self._state
        scope = state.scope(draft.sender, draft.service_sid)
        blocked = state.optouts.is_blocked(scope, draft.to)
        if blocked and draft.service_sid is None:
            raise ApiError(400, 21610, "Attempt to send to unsubscribed recipient")
        values: dict[str, Any] = {}
        if blocked:
            values = how_it_fails(21610)
        elif (code := state.settings.bad_numbers.get(bare(draft.to))) is not None:
            values = how_it_fails(code)
        elif fault := state.faults.take(CARRIER, draft.to, draft.body):
            values = (
                {"stuck": True}
                if fault.kind == "stuck_sent"
                else how_it_fails(fault.code, fault.status)
            )
        status = "accepted" if draft.service_sid else "queued"
        return state.new_message(
            direction="outbound-api",
            from_=draft.sender,
            to=draft.to,
            body=draft.body,
            status="scheduled" if draft.send_at else status,
            service_sid=draft.service_sid,
            num_media=draft.num_media,
            segments=segments_of(draft.body, draft.to),
            callback_url=draft.callback_url,
            send_at=draft.send_at,
            **values,
        )

    async def _fail_before(self, request: web.Request, fault: Fault) -> None:
        match fault.kind:
            case "429":
                raise ApiError(429, 20429, "Too Many Requests", fault.retry_after)
            case "500_before":
                raise ApiError(500, 20500, "Internal Server Error")
            case "slow":
                await self._state.clock.sleep(fault.seconds)
            case "timeout_before":
                await self._hang_up(request, fault.seconds)

    async def _fail_after(self, request: web.Request, fault: Fault) -> None:
        match fault.kind:
            case "500_after_accept":
                raise ApiError(500, 20500, "Internal Server Error")
            case "timeout_after_accept":
                await self._hang_up(request, fault.seconds)
            case "reset_after_accept":
                await self._hang_up(request, 0, reset=True)

    async def _hang_up(
        self, request: web.Request, seconds: float, reset: bool = False
    ) -> None:
        """Say nothing for a while, then drop the line; a reset drops it rudely."""
        await self._state.clock.sleep(seconds)
        transport = request.transport
        if transport is not None:
            line = transport.get_extra_info("socket")
            if reset and line is not None:
                no_linger = struct.pack("ii", 1, 0)
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
            if isinstance(transport, asyncio.Transport):
                transport.abort()
        raise ApiError(500, 20500, "The connection was dropped.")

    async def list(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(list_page(self._state, request.path, request.query))

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._find(request).to_json())

    async def update(self, request: web.Request) -> web.StreamResponse:
        message = self._find(request)
        form, _ = await read_form(request)
        if form.get("Status"):
            self._cancel(message, form["Status"])
        elif "Body" in form:
            if form["Body"]:
                raise ApiError(400, 20001, "Body can only be set to an empty text.")
            self._refuse_unsent(message)
            message.body = ""
            self._state.save(message)
        return web.json_response(message.to_json())

    def _cancel(self, message: Message, status: str) -> None:
        if status != "canceled":
            raise ApiError(400, 20001, "Status can only be set to canceled.")
        if message.status not in CANCELABLE:
            raise ApiError(
                409, 30409, f"A message that is {message.status} cannot be canceled."
            )
        self._carrier.cancel(message)

    async def delete(self, request: web.Request) -> web.StreamResponse:
        message = self._find(request)
        self._refuse_unsent(message)
        self._state.delete(message)
        return web.Response(status=204)

    def _find(self, request: web.Request) -> Message:
        message = self._state.find(request.match_info["sid"])
        if message is None:
            raise ApiError(
                404, 20404, f"The requested resource {request.path} was not found"
            )
        return message

    @staticmethod
    def _refuse_unsent(message: Message) -> None:
        if message.status in UNSENT:
            raise ApiError(
                409, 20009, "A message cannot be changed before it has left."
            )


async def read_form(request: web.Request) -> tuple[Form, int]:
    """The form and its number of MediaUrls; the body is kept, so read it twice."""
    raw = (await request.read()).decode("utf-8", "replace")
    pairs = parse_qsl(raw, keep_blank_values=True)
    return dict(pairs), sum(1 for name, value in pairs if name == "MediaUrl" and value)
