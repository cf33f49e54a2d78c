"""The webhook client: posts a form the way Twilio does, and writes down what happened.

Time-outs and retries follow the URL's fragment (#ct, #rt, #tt, #rc, #rp). By default
one retry, and only when no connection came about.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
from yarl import URL

from .loopback import is_loopback_url
from .signature import HEADER, sign, signed_url

MAX_ANSWER = 64 * 1024
IDEMPOTENCY_HEADER = "I-Twilio-Idempotency-Token"


@dataclass(frozen=True)
class Policy:
    connect_s: float = 5.0
    read_s: float = 15.0
    total_s: float = 15.0
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})

    @classmethod
    def of(cls, url: str) -> Policy:
        """Read the fragment; a value outside its range is taken as not given."""
        given = {k: v[-1] for k, v in parse_qs(urlsplit(url).fragment).items()}

        def number(name: str, low: int, high: int, default: int) -> int:
            text = given.get(name, "")
            inside = text.isdecimal() and low <= int(text) <= high
            return int(text) if inside else default

        wanted = frozenset(given.get("rp", "ct").split(","))
        return cls(
            connect_s=number("ct", 100, 10000, 5000) / 1000,
            read_s=number("rt", 100, 15000, 15000) / 1000,
            total_s=number("tt", 100, 15000, 15000) / 1000,
            retries=number("rc", 0, 5, 1),
            retry_on=frozenset({"4xx", "5xx", "ct", "rt"})
            if "all" in wanted
            else wanted,
        )


@dataclass
class Delivery:
    """How one webhook went, over all its attempts."""

    url: str
    status_code: int | None = None
    attempts: int = 0
    duration_ms: int = 0
    error_code: int | None = None
    error: str | None = None
    failure: str | None = None
    content_type: str = ""
    body: str = ""

    @property
    def ok(self) -> bool:
        return self.error_code is None

    def fail(self, failure: str, code: int, sentence: str) -> None:
        self.failure, self.error_code, self.error = failure, code, sentence

    def to_json(self) -> dict[str, Any]:
        return {
            "status_code": self.status_code,
            "attempts": self.attempts,
            "duration_ms": self.duration_ms,
            "error_code": self.error_code,
            "error": self.error,
            "body": self.body,
        }


class Debugger:
    """The account's list of webhook requests; the oldest fall off the end."""

    def __init__(self, keep: int = 10_000) -> None:
        self.entries: deque[dict[str, Any]] = deque(maxlen=keep)
        self.next_index = 0

    def add(
        self, at: datetime, kind: str, form: Mapping[str, str], delivery: Delivery
    ) -> None:
        answer = delivery.to_json()
        body = answer.pop("body")
        entry = {
            "index": self.next_index,
            "at": at.isoformat(),
            "kind": kind,
            "sid": form.get("MessageSid"),
            "status": form.get("MessageStatus") or form.get("SmsStatus"),
            "url": signed_url(delivery.url),
            "ok": delivery.ok,
            **answer,
        }
        if not delivery.ok:
            entry |= {"request": dict(form), "response_body": body[:2000]}
        self.entries.append(entry)
        self.next_index += 1


class WebhookClient:
    def __init__(self, auth_token: str) -> None:
        self._token = auth_token
        timeout = aiohttp.ClientTimeout(total=None)
        # A fresh connection each time: what fails to connect then truly was not sent.
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        # Waiting for a turn counts for no time-out; incoming texts have their own.
        self._lanes = {
            "inbound": asyncio.Semaphore(256),
            "status": asyncio.Semaphore(64),
        }

    async def close(self) -> None:
        await self._session.close()

    async def post(
        self, url: str, form: Mapping[str, str], lane: str, signature: str = "valid"
    ) -> Delivery:
        if not is_loopback_url(url):
            raise ValueError("Webhooks only go to this machine.")
        headers = self._headers(url, form, signature)
        policy, delivery = Policy.of(url), Delivery(url)
        async with self._lanes[lane]:
            started = time.monotonic()
            while True:
                left = policy.total_s - (time.monotonic() - started)
                await self._attempt(delivery, form, headers, policy, left)
                if not self._try_again(delivery, policy, started):
                    break
            delivery.duration_ms = round((time.monotonic() - started) * 1000)
        return delivery

    def _headers(
        self, url: str, form: Mapping[str, str], signature: str
    ) -> dict[str, str]:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1 (emulator)",
            "Accept": "*/*",
            IDEMPOTENCY_HEADER: str(uuid.uuid4()),
        }
        if signature != "missing":
            token = self._token if signature == "valid" else f"not {self._token}"
            headers[HEADER] = sign(token, url, form)
        return headers

    @staticmethod
    def _try_again(delivery: Delivery, policy: Policy, started: float) -> bool:
        return (
            delivery.failure in policy.retry_on
            and delivery.attempts <= policy.retries
            and time.monotonic() - started < policy.total_s
        )

    async def _attempt(
        self,
        delivery: Delivery,
        form: Mapping[str, str],
        headers: dict[str, str],
        policy: Policy,
        left: float,
    ) -> None:
        delivery.attempts += 1
        delivery.status_code = delivery.error_code = None
        delivery.failure = delivery.error = None
        timeout = aiohttp.ClientTimeout(
            total=max(left, 0.05),
            sock_connect=policy.connect_s,
            sock_read=policy.read_s,
        )
        try:
            async with self._session.post(
                URL(signed_url(delivery.url), encoded=True),
                data=urlencode(form).encode(),
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as answer:
                await self._read(delivery, answer)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            delivery.fail("ct", 11205, "No connection could be made.")
        except TimeoutError:
            delivery.fail("rt", 11205, "No complete answer came in time.")
        except aiohttp.ClientError as error:
            name = type(error).__name__
            delivery.fail("broken", 11200, f"The connection broke off ({name}).")

    @staticmethod
    async def _read(delivery: Delivery, answer: aiohttp.ClientResponse) -> None:
        delivery.status_code = answer.status
        delivery.content_type = answer.headers.get("Content-Type", "")
        raw = b""
        async for chunk in answer.content.iter_chunked(8192):
            raw += chunk
            if len(raw) > MAX_ANSWER:
                break
        delivery.body = raw[:MAX_ANSWER].decode("utf-8", "replace")
        if answer.status >= 300:
            family = f"{answer.status // 100}xx"
            delivery.fail(family, 11200, f"The answer was HTTP {answer.status}.")
