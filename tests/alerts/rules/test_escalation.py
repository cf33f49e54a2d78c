from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.escalation import Program, Step, Turn, due_after, next_turn

NOW = datetime(2026, 11, 23, 20, 5, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def program(
    *after: float, repeat: float = 10, becomes: Program | None = None
) -> Program:
    steps = tuple(Step(minutes(m), "sms", ("duty_officers",)) for m in after)
    return Program("p v1", steps, minutes(repeat), becomes)


URGENT = program(0, 4, 8)
REVIEW = program(0, becomes=URGENT)


def test_steps_of_a_round_follow_each_other():
    turns = [next_turn(URGENT, round=1, done=done) for done in range(4)]

    assert [(turn.round, turn.step) for turn in turns] == [
        (1, 0),
        (1, 1),
        (1, 2),
        (2, 0),
    ]


def test_next_step_waits_from_the_one_done():
    assert due_after(Turn(URGENT, 1, 0), reached=2, now=NOW) == NOW + minutes(4)


def test_step_that_told_nobody_is_followed_at_once():
    assert due_after(Turn(URGENT, 1, 0), reached=0, now=NOW) == NOW


@pytest.mark.parametrize("reached", [0, 3])
def test_round_is_followed_by_another_after_the_wait(reached: int):
    """An empty round keeps its wait: operators are paged, nobody is spun."""
    last = Turn(URGENT, 2, 2)

    assert last.ends_round
    assert due_after(last, reached=reached, now=NOW) == NOW + minutes(10)


def test_review_becomes_urgent_when_nobody_answers():
    assert due_after(Turn(REVIEW, 1, 0), reached=1, now=NOW) == NOW + minutes(10)
    assert next_turn(REVIEW, round=1, done=1) == Turn(URGENT, 2, 0)


def test_review_that_told_nobody_becomes_urgent_at_once():
    assert due_after(Turn(REVIEW, 1, 0), reached=0, now=NOW) == NOW


@pytest.mark.parametrize("one", [URGENT, REVIEW], ids=["urgent", "review"])
def test_program_survives_being_stored(one: Program):
    assert Program.from_json(one.to_json()) == one


@given(
    reached=st.lists(st.integers(0, 3), min_size=1, max_size=40),
    late=st.integers(0, 100_000),
)
def test_run_never_stops_and_never_goes_back(reached: list[int], late: int):
    now = due = NOW
    program, round, done = REVIEW, 1, 0
    for count in reached:
        now = max(now, due) + timedelta(seconds=late)
        turn = next_turn(program, round=round, done=done)
        due = due_after(turn, reached=count, now=now)

        assert due >= now
        assert (turn.round, turn.step + 1) > (round, done)
        program, round, done = turn.program, turn.round, turn.step + 1
