"""What the process is started with: from the command line or EMULATOR_*.

The auth token belongs in the environment, where the process list does not show it.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .loopback import is_loopback_url

TEST_ACCOUNT_PREFIX = "AC00000000"
E164 = re.compile(r"^\+[1-9]\d{6,14}$")


class BadOptions(Exception):
    """A sentence for the person who started the emulator."""


@dataclass(frozen=True)
class Options:
    port: int
    account_sid: str
    auth_token: str
    inbound_url: str
    own_numbers: tuple[str, ...]
    service_sid: str | None = None
    service_numbers: tuple[str, ...] = ()
    api_key: str | None = None
    api_secret: str | None = None
    cast: tuple[dict[str, str], ...] = ()
    state_dir: Path | None = None
    seed: int | None = None
    time_zone: str = "America/Mexico_City"

    def service_of(self, number: str | None) -> str | None:
        """The Messaging Service an own number belongs to, if it is in one."""
        return self.service_sid if number in self.service_numbers else None


def parse_options(argv: Sequence[str], environ: Mapping[str, str]) -> Options:
    given = vars(_parser().parse_args(argv))

    def value(name: str, default: str | None = None) -> str | None:
        return given[name] or environ.get(f"EMULATOR_{name.upper()}") or default

    def numbers(name: str) -> tuple[str, ...]:
        listed = given[name] or environ.get(f"EMULATOR_{name.upper()}", "").split(",")
        found = tuple(n.strip() for n in listed if n.strip())
        for number in found:
            if not E164.match(number):
                raise BadOptions(f"{number} is not a number in the form +520012345678.")
        return tuple(dict.fromkeys(found))

    def required(name: str) -> str:
        found = value(name)
        if not found:
            flag = name.replace("_", "-")
            raise BadOptions(f"Give --{flag} or EMULATOR_{name.upper()}.")
        return found

    account_sid = required("account_sid")
    if not account_sid.startswith(TEST_ACCOUNT_PREFIX) or not account_sid.isalnum():
        raise BadOptions(
            f"The account SID must start with {TEST_ACCOUNT_PREFIX}, because this is "
            "a stand-in and must never be handed the credentials of a real account."
        )
    inbound_url = required("inbound_url")
    if not is_loopback_url(inbound_url):
        raise BadOptions(
            "The inbound URL must be http(s) on this machine (127.0.0.1, ::1 or "
            "localhost), because the emulator sends nothing anywhere else."
        )
    own_numbers = numbers("own_numbers")
    if not own_numbers:
        raise BadOptions("Give at least one --own-number or EMULATOR_OWN_NUMBERS.")
    service_sid = value("messaging_service_sid")
    service_numbers = numbers("service_numbers") or own_numbers
    if not set(service_numbers) <= set(own_numbers):
        raise BadOptions("Every --service-number must also be an --own-number.")
    api_key, api_secret = value("api_key"), value("api_secret")
    if bool(api_key) != bool(api_secret):
        raise BadOptions("An API key and its secret come together: give both.")
    cast_file, state_dir = value("cast"), value("state_dir")
    return Options(
        port=_whole_number("port", value("port", "4010"), largest=65535) or 0,
        account_sid=account_sid,
        auth_token=required("auth_token"),
        inbound_url=inbound_url,
        own_numbers=own_numbers,
        service_sid=service_sid,
        service_numbers=service_numbers if service_sid else (),
        api_key=api_key,
        api_secret=api_secret,
        cast=_read_cast(Path(cast_file)) if cast_file else (),
        state_dir=Path(state_dir) if state_dir else None,
        seed=_whole_number("seed", value("seed")),
        time_zone=value("time_zone", "America/Mexico_City") or "UTC",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m emulator",
        description="A Twilio that runs on loopback. No SMS leaves this machine.",
        epilog="Every option may also come from EMULATOR_<OPTION>; see README.md.",
    )
    parser.add_argument("--port", help="0 takes a free one (4010)")
    parser.add_argument("--account-sid", help=f"must start with {TEST_ACCOUNT_PREFIX}")
    parser.add_argument("--auth-token", help="better given as EMULATOR_AUTH_TOKEN")
    parser.add_argument("--inbound-url", help="where incoming texts are posted")
    parser.add_argument(
        "--own-number", action="append", dest="own_numbers", metavar="NUMBER"
    )
    parser.add_argument("--messaging-service-sid")
    parser.add_argument(
        "--service-number",
        action="append",
        dest="service_numbers",
        metavar="NUMBER",
        help="own numbers in the Messaging Service (all of them)",
    )
    parser.add_argument("--api-key")
    parser.add_argument("--api-secret", help="better given as EMULATOR_API_SECRET")
    parser.add_argument("--cast", metavar="FILE.json", help="phones for the page")
    parser.add_argument("--state-dir", metavar="DIR", help="keeps the journal")
    parser.add_argument("--seed", help="makes SIDs and shuffles repeatable")
    parser.add_argument("--time-zone", help="of the page (America/Mexico_City)")
    return parser


def _whole_number(
    name: str, text: str | None, largest: int | None = None
) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or (largest is not None and int(text) > largest):
        raise BadOptions(f"--{name} must be a whole number, not {text!r}.")
    return int(text)


def _read_cast(path: Path) -> tuple[dict[str, str], ...]:
    try:
        rows: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadOptions(f"The cast file cannot be read: {error}") from error
    if not isinstance(rows, list):
        raise BadOptions("The cast file must be a JSON list of phones.")
    for row in rows:
        if not isinstance(row, dict) or not E164.match(str(row.get("number", ""))):
            raise BadOptions(
                'Every phone in the cast needs a "number" in the form +520012345678.'
            )
    return tuple({str(k): str(v) for k, v in row.items()} for row in rows)
