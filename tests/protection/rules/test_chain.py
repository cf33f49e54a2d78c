from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from protection.rules.chain import GENESIS, Link, digest

LINK = Link(
    id=7,
    at=datetime(2026, 11, 23, 20, 5, tzinfo=UTC),
    actor="user:U-1",
    action="desk.viewed",
    target_kind="protection.person",
    target="P-1",
    details={"fields": ["alias"], "año": 1},
)
KNOWN = digest(GENESIS, 1, LINK)


def test_digest_is_the_same_for_the_same_event():
    assert digest(GENESIS, 1, replace(LINK)) == KNOWN


def test_digest_is_32_bytes():
    assert len(KNOWN) == 32


@pytest.mark.parametrize(
    "change",
    [
        {"id": 8},
        {"at": LINK.at + timedelta(microseconds=1)},
        {"actor": "user:U-2"},
        {"action": "desk.changed"},
        {"target_kind": "protection.contact"},
        {"target": "P-2"},
        {"details": {}},
        {"details": {"fields": ["alias"], "año": 2}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_digest_covers_each_fact(change: dict[str, object]):
    assert digest(GENESIS, 1, replace(LINK, **change)) != KNOWN  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("previous", "position"), [(bytes(31) + b"\1", 1), (GENESIS, 2)]
)
def test_digest_covers_its_place(previous: bytes, position: int):
    assert digest(previous, position, LINK) != KNOWN


def test_digest_does_not_depend_on_the_order_of_details():
    turned = replace(LINK, details=dict(reversed(LINK.details.items())))

    assert digest(GENESIS, 1, turned) == KNOWN


def test_digest_does_not_depend_on_the_time_zone():
    elsewhere = LINK.at.astimezone(timezone(timedelta(hours=-6)))

    assert digest(GENESIS, 1, replace(LINK, at=elsewhere)) == KNOWN


def test_facts_cannot_slide_into_each_other():
    one = replace(LINK, actor="a", action="bc")
    other = replace(LINK, actor="ab", action="c")

    assert digest(GENESIS, 1, one) != digest(GENESIS, 1, other)
