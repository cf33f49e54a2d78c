"""The list of Messages: filters, pages, and the lag with which new ones appear."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from .resource import ApiError, Message
from .state import State
from .validation import parse_moment

MAX_PAGE = 1000
FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")
Test = Callable[[Message], bool]


def list_page(state: State, path: str, query: Mapping[str, str]) -> dict[str, Any]:
    size = min(max(_whole(query, "PageSize", 50), 1), MAX_PAGE)
    page = _whole(query, "Page", 0)
    token = query.get("PageToken", "")
    tests = [*_filters(query), _visible(state)]
    if token:
        tests.append(_older_than(state, token))
    matching = (m for m in state.newest_first() if all(t(m) for t in tests))
    offset = 0 if token else page * size
    found = list(islice(matching, offset, offset + size + 1))
    shown, more = found[:size], len(found) > size

    def uri(number: int, page_token: str = "") -> str:
        kept = {name: query[name] for name in FILTERS if name in query}
        kept |= {"PageSize": str(size), "Page": str(number)}
        if page_token:
            kept["PageToken"] = page_token
        return f"{path}?{urlencode(kept)}"

    start = page * size
    return {
        "messages": [m.to_json() for m in shown],
        "page": page,
        "page_size": size,
        "start": start,
        "end": max(start, start + len(shown) - 1),
        "uri": uri(page, token),
        "first_page_uri": uri(0),
        "next_page_uri": uri(page + 1, f"PA{shown[-1].sid}") if more else None,
        "previous_page_uri": uri(page - 1) if page else None,
    }


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or len(text) > 9:
        raise ApiError(400, 20001, f"{name} must be a whole number.")
    return int(text)


def _visible(state: State) -> Test:
    newest = state.clock.now() - timedelta(
        seconds=min(state.settings.list_lag_seconds, 3.0e9)
    )
    return lambda m: m.created_at <= newest


def _older_than(state: State, token: str) -> Test:
    """A page goes on after the last message shown, whatever has arrived since."""
    last = state.messages.get(token.removeprefix("PA"))
    if last is None:
        raise ApiError(400, 20001, "The PageToken is not one of this list.")
    return lambda m: m.seq < last.seq


def _filters(query: Mapping[str, str]) -> list[Test]:
    tests: list[Test] = []
    if to := query.get("To"):
        tests.append(lambda m: m.to == to)
    if sender := query.get("From"):
        tests.append(lambda m: m.from_ == sender)
    for name, compare in COMPARE.items():
        if text := query.get(name):
            tests.append(_date_test(name, text, compare))
    return tests


Comparable = date | datetime
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "DateSent": lambda sent, wanted: sent == wanted,
    "DateSent<": lambda sent, wanted: sent <= wanted,
    "DateSent>": lambda sent, wanted: sent >= wanted,
}


def _date_test(name: str, text: str, compare: Callable[[Any, Any], bool]) -> Test:
    """A day is compared with the day, a moment with the second."""
    moment = parse_moment(text)
    if moment is None:
        raise ApiError(400, 20001, f"{name} must be a date or a time in ISO 8601.")
    if len(text) <= 10:
        day = moment.date()
        return lambda m: compare(_sent(m).date(), day)
    return lambda m: compare(_sent(m).replace(microsecond=0), moment)


def _sent(message: Message) -> datetime:
    return message.sent_at or message.created_at
