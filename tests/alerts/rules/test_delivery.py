from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.choices import OutboundStatus, Priority
from alerts.rules.delivery import (
    LONGEST_WAIT,
    ErrorClass,
    GiveUp,
    Settlement,
    TryAgain,
    after_refusal,
    class_of,
    known_status,
    moves_up,
    settle,
)

NOW = datetime(2026, 11, 23, 20, 5, tzinfo=UTC)
REPORTED = ["accepted", "queued", "sending", "sent", "delivered", "undelivered", "read"]


def final(start: str, order: tuple[str, ...]) -> str:
    status = start
    for reported in order:
        known = known_status(reported)
        if known and moves_up(status, known):
            status = known
    return status


@pytest.mark.parametrize("start", ["submitting", "unknown", "pending"])
def test_every_order_of_receipts_ends_the_same(start: str):
    for words in (["queued", "sent", "delivered"], ["sent", "sent", "undelivered"]):
        assert len({final(start, order) for order in permutations(words)}) == 1


def test_delivered_is_believed_over_a_failure():
    both = ("undelivered", "delivered")

    assert {final("sent", order) for order in permutations(both)} == {"delivered"}


@given(st.lists(st.sampled_from(REPORTED), max_size=12))
def test_status_never_moves_down(order: list[str]):
    status, seen = "submitting", []
    for reported in order:
        status = final(status, (reported,))
        seen.append(status)

    assert final("submitting", tuple(seen)) == status


@pytest.mark.parametrize("closed", ["superseded", "withheld", "abandoned"])
def test_receipt_proves_that_a_closed_text_was_sent_after_all(closed: str):
    assert moves_up(closed, OutboundStatus.SENT)


@pytest.mark.parametrize("word", ["", "pending", "submitting", "receiving", "nonsense"])
def test_words_that_are_no_receipt_are_not_taken(word: str):
    assert known_status(word) is None


@pytest.mark.parametrize(
    ("code", "http_status", "expected"),
    [
        (20429, 429, ErrorClass.TRANSIENT),
        (None, 429, ErrorClass.TRANSIENT),
        (21611, 429, ErrorClass.TRANSIENT),
        (None, 500, ErrorClass.AMBIGUOUS),
        (20500, 503, ErrorClass.AMBIGUOUS),
        (20003, 401, ErrorClass.CONFIGURATION),
        (None, 401, ErrorClass.CONFIGURATION),
        (21408, 400, ErrorClass.CONFIGURATION),
        (21606, 400, ErrorClass.CONFIGURATION),
        (21211, 400, ErrorClass.ADDRESS),
        (21614, 400, ErrorClass.ADDRESS),
        (21635, 400, ErrorClass.ADDRESS),
        (30006, None, ErrorClass.ADDRESS),
        (21610, 400, ErrorClass.OPTED_OUT),
        (21610, None, ErrorClass.OPTED_OUT),
        (99999, 400, ErrorClass.UNKNOWN),
    ],
)
def test_error_has_its_class(
    code: int | None, http_status: int | None, expected: ErrorClass
):
    assert class_of(code, http_status=http_status) == expected


@pytest.mark.parametrize("error", [ErrorClass.TRANSIENT, ErrorClass.CONFIGURATION])
@pytest.mark.parametrize("attempts", [1, 5, 1000])
def test_fault_that_passes_is_waited_out_for_ever(error: ErrorClass, attempts: int):
    decision = after_refusal(error, attempts=attempts, now=NOW, chance=Random(1))

    assert isinstance(decision, TryAgain)
    assert NOW < decision.at <= NOW + LONGEST_WAIT


def test_waits_grow():
    waits = [
        after_refusal(ErrorClass.TRANSIENT, attempts=n, now=NOW, chance=Random(1))
        for n in range(1, 6)
    ]

    assert waits == sorted(waits, key=lambda wait: wait.at)


@pytest.mark.parametrize("error", [ErrorClass.ADDRESS, ErrorClass.OPTED_OUT])
def test_number_that_cannot_be_reached_is_given_up(error: ErrorClass):
    decision = after_refusal(error, attempts=1, now=NOW, chance=Random(1))

    assert decision == GiveUp(error.value)


def test_unknown_code_is_tried_once_more():
    decisions = [
        type(after_refusal(ErrorClass.UNKNOWN, attempts=n, now=NOW, chance=Random(1)))
        for n in (1, 2)
    ]

    assert decisions == [TryAgain, GiveUp]


@pytest.mark.parametrize(
    ("seconds", "priority", "lost", "expected"),
    [
        (5, Priority.P0, 0, Settlement.WAIT),
        (25, Priority.P0, 0, Settlement.SEND_AGAIN),
        (25, Priority.P0, 1, Settlement.ABANDON),
        (25, Priority.P1, 0, Settlement.ABANDON),
        (25, Priority.P2, 0, Settlement.ABANDON),
    ],
)
def test_unknown_outcome_is_settled_by_priority(
    seconds: int, priority: Priority, lost: int, expected: Settlement
):
    claimed_at = NOW - timedelta(seconds=seconds)

    assert expected == settle(
        claimed_at=claimed_at, priority=priority, lost=lost, now=NOW
    )
