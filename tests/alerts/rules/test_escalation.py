from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.escalation import Next, Program, Step, after_step

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


def test_next_step_waits_from_the_one_done():
    assert after_step(URGENT, round=1, step=0, reached=2, now=NOW) == Next(
        URGENT, 1, 1, NOW + minutes(4), round_ended=False
    )


def test_step_that_told_nobody_is_followed_at_once():
    assert after_step(URGENT, round=1, step=0, reached=0, now=NOW).due_at == NOW


@pytest.mark.parametrize("reached", [0, 3])
def test_round_is_followed_by_another_after_the_wait(reached: int):
    """An empty round keeps its wait: operators are paged, nobody is spun."""
    assert after_step(URGENT, round=2, step=2, reached=reached, now=NOW) == Next(
        URGENT, 3, 0, NOW + minutes(10), round_ended=True
    )


def test_review_becomes_urgent_when_nobody_answers():
    assert after_step(REVIEW, round=1, step=0, reached=1, now=NOW) == Next(
        URGENT, 2, 0, NOW + minutes(10), round_ended=True, policy_changed=True
    )


def test_review_that_told_nobody_becomes_urgent_at_once():
    assert after_step(REVIEW, round=1, step=0, reached=0, now=NOW).due_at == NOW


@pytest.mark.parametrize("one", [URGENT, REVIEW], ids=["urgent", "review"])
def test_program_survives_being_stored(one: Program):
    assert Program.from_json(one.to_json()) == one


@given(
    reached=st.lists(st.integers(0, 3), min_size=1, max_size=40),
    late=st.integers(0, 100_000),
)
def test_run_never_stops_and_never_goes_back(reached: list[int], late: int):
    now, state = NOW, Next(REVIEW, 1, 0, NOW, round_ended=False)
    for count in reached:
        now = max(now, state.due_at) + timedelta(seconds=late)
        following = after_step(
            state.program, round=state.round, step=state.step, reached=count, now=now
        )
        assert following.due_at >= now
        assert (following.round, following.step) > (state.round, state.step)
        state = following
