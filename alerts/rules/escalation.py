"""Which step is due, and when the next one is.

A program is the frozen form of a policy: steps and waits, and the policy it becomes.
People are not in it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    after: timedelta  # since the round began
    channel: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    policy: str
    steps: tuple[Step, ...]
    repeat_after: timedelta  # from the last step to the next round or the next policy
    becomes: "Program | None" = None

    def to_json(self) -> dict[str, Any]:
        return {
            "policy": self.policy,
            "repeat_after": self.repeat_after.total_seconds(),
            "steps": [
                {
                    "after": step.after.total_seconds(),
                    "channel": step.channel,
                    "targets": list(step.targets),
                }
                for step in self.steps
            ],
            "becomes": self.becomes.to_json() if self.becomes else None,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Program":
        return cls(
            policy=stored["policy"],
            repeat_after=timedelta(seconds=stored["repeat_after"]),
            steps=tuple(
                Step(
                    after=timedelta(seconds=step["after"]),
                    channel=step["channel"],
                    targets=tuple(step["targets"]),
                )
                for step in stored["steps"]
            ),
            becomes=cls.from_json(stored["becomes"]) if stored["becomes"] else None,
        )


@dataclass(frozen=True, slots=True)
class Next:
    """Where a run stands after a step."""

    program: Program
    round: int
    step: int
    due_at: datetime
    round_ended: bool
    policy_changed: bool = False


def after_step(
    program: Program, *, round: int, step: int, reached: int, now: datetime
) -> Next:
    """What follows step ``step`` (counted from 0), which told ``reached`` people at
    ``now``.

    A step that told nobody is followed at once by the next (CONTRACT section 7). After
    the last step the round is over: another follows after the wait, or the policy that
    this one becomes. Waits count from when a step was really done, so that a system
    that was down does not fire everything at once when it returns.
    """
    following = step + 1
    if following < len(program.steps):
        wait = program.steps[following].after - program.steps[step].after
        due_at = now + wait if reached else now
        return Next(program, round, following, due_at, round_ended=False)
    if program.becomes:
        due_at = now + program.repeat_after if reached else now
        return Next(
            program.becomes,
            round + 1,
            0,
            due_at,
            round_ended=True,
            policy_changed=True,
        )
    return Next(program, round + 1, 0, now + program.repeat_after, round_ended=True)
