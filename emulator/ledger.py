"""What the handsets lived through: what each received, and what was typed on it.

It outlives the Message resources: an application may delete those, but a text that
reached a telephone stays on it.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from .validation import bare


@dataclass
class Received:
    index: int
    to: str
    sender: str
    text: str
    at: str
    sid: str | None
    kind: str

    def to_json(self, status: str) -> dict[str, Any]:
        record = asdict(self)
        record["from"] = record.pop("sender")
        return {**record, "status": status}


@dataclass
class Typed:
    index: int
    handset: str
    to: str
    text: str
    at: str
    sid: str
    outcome: str = "pending"


class Ledger:
    def __init__(self) -> None:
        self.received: list[Received] = []
        self.typed: list[Typed] = []
        self.received_by: dict[str, list[Received]] = defaultdict(list)
        self.typed_by: dict[str, list[Typed]] = defaultdict(list)
        self.typed_sids: dict[str, Typed] = {}
        self._sids: set[str] = set()

    def new_received(
        self, to: str, sender: str, text: str, at: datetime, sid: str | None, kind: str
    ) -> Received:
        index = len(self.received)
        return Received(index, to, sender, text, at.isoformat(), sid, kind)

    def new_typed(
        self, handset: str, to: str, text: str, at: datetime, sid: str
    ) -> Typed:
        return Typed(len(self.typed), handset, to, text, at.isoformat(), sid)

    def add_received(self, entry: Received) -> None:
        self.received.append(entry)
        self.received_by[bare(entry.to)].append(entry)
        if entry.sid:
            self._sids.add(entry.sid)

    def add_typed(self, entry: Typed) -> None:
        self.typed.append(entry)
        self.typed_by[bare(entry.handset)].append(entry)
        self.typed_sids[entry.sid] = entry

    def has(self, sid: str) -> bool:
        return sid in self._sids

    def select(self, to: str | None, since_index: int) -> Iterable[Received]:
        if to is None:
            return self.received[since_index:]
        mine = self.received_by.get(bare(to), [])
        exact = ":" in to
        return [e for e in mine if e.index >= since_index and (not exact or e.to == to)]

    def handsets(self) -> list[str]:
        return sorted({*self.received_by, *self.typed_by})

    def pii_scan(self, words: Iterable[str]) -> list[dict[str, Any]]:
        """Where a word that must never leave in a text has left in one."""
        folded = [(word, fold(word)) for word in words if fold(word)]
        return [
            {"word": word, "index": e.index, "to": e.to, "text": e.text}
            for e in self.received
            for word, sought in folded
            if sought in fold(e.text)
        ]


def fold(text: str) -> str:
    """Without case and accents: "Peña" and "PENA" are the same word here."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).strip()
