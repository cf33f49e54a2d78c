"""A running emulator, the official client pointed at it, and a receiver of webhooks."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "AC00000000000000000000000000000001"
TOKEN = "token-of-the-emulator-tests"
SERVICE = "MG00000000000000000000000000000001"
API_KEY = "SK00000000000000000000000000000001"
API_SECRET = "secret-of-the-api-key"
OWN = "+520000000000"
OWN_2 = "+520000000001"
ELENA = "+520012345678"
T = TypeVar("T")


def until(found: Callable[[], T], seconds: float = 8.0) -> T:
    """Ask again until there is an answer; the last one, when time is up, is told."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Nothing came within {seconds} s: {answer!r}")
        time.sleep(0.01)
    return answer


class Emulator:
    """One emulator process on a free port."""

    def __init__(self, *arguments: str, inbound_url: str, **environ: str) -> None:
        command = [sys.executable, "-m", "emulator", "--port", "0"]
        command += ["--account-sid", ACCOUNT, "--inbound-url", inbound_url]
        command += ["--own-number", OWN, *arguments]
        clean = {k: v for k, v in os.environ.items() if not k.startswith("EMULATOR_")}
        env = {**clean, "EMULATOR_AUTH_TOKEN": TOKEN, **environ}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("Emulator ready: "), line
        self.url = line.split(": ", 1)[1].strip()
        self.http = requests.Session()
        self.http.trust_env = False

    def stop(self) -> int:
        self.process.terminate()
        return self._gone()

    def kill(self) -> int:
        self.process.kill()
        return self._gone()

    def _gone(self) -> int:
        code = self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.http.close()
        return code

    def control(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        url = f"{self.url}/_emulator/{path}"
        return self.http.request(method, url, timeout=30, **kwargs)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.control("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.control("POST", path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def settings(self, **changes: Any) -> None:
        answer = self.control("PATCH", "settings", json=changes)
        assert answer.status_code == 200, answer.text

    def received(self, to: str = ELENA) -> list[dict[str, Any]]:
        return self.get("ledger", to=to)["entries"]

    def idle(self) -> None:
        until(lambda: self.get("stats")["active"] == 0)


class LocalTwilio(TwilioHttpClient):
    """Twilio's own HTTP client with only the host of the address replaced."""

    def __init__(self, base: str, timeout: float = 10) -> None:
        super().__init__(timeout=timeout)
        self.session.trust_env = False
        self.base = urlsplit(base)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        assert (parts.hostname or "").endswith(".twilio.com")
        moved = (self.base.scheme, self.base.netloc, parts.path, parts.query, "")
        return super().request(method, urlunsplit(moved), *args, **kwargs)


def twilio_client(
    emulator: Emulator, login: str = ACCOUNT, password: str = TOKEN, timeout: float = 10
) -> Client:
    http = LocalTwilio(emulator.url, timeout)
    return Client(login, password, account_sid=ACCOUNT, http_client=http)


class Request:
    """One webhook as it came in."""

    def __init__(self, url: str, headers: dict[str, str], raw: str) -> None:
        self.url = url
        self.headers = headers
        self.form = dict(parse_qsl(raw, keep_blank_values=True))

    @property
    def status(self) -> str:
        return self.form.get("MessageStatus", "")

    def is_signed(self) -> bool:
        given = self.headers.get("x-twilio-signature", "")
        return bool(RequestValidator(TOKEN).validate(self.url, self.form, given))


class Receiver:
    """A web server that keeps what it is sent and answers as it is told."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer = (200, "text/xml", "<Response/>")
        self.delay = 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers = {k.lower(): v for k, v in self.headers.items()}
                url = f"http://{self.headers['Host']}{self.path}"
                receiver.requests.append(Request(url, headers, raw))
                if receiver.delay:
                    time.sleep(receiver.delay)
                status, kind, body = receiver.answer
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(body.encode())))
                    self.end_headers()
                    self.wfile.write(body.encode())
                except ConnectionError:
                    pass

            def log_message(self, *args: Any) -> None: ...

        class Server(ThreadingHTTPServer):
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def reset(self) -> None:
        self.requests.clear()
        self.answer, self.delay = (200, "text/xml", "<Response/>"), 0.0

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def statuses(self) -> list[str]:
        return [r.status for r in self.requests if r.status]
