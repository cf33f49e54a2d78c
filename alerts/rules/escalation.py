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
class Turn:
    """One step of one round of one program."""

    program: Program
    round: int
    step: int  # counted from 0

    @property
    def ends_round(self) -> bool:
        return self.step + 1 == len(self.program.steps)


def next_turn(program: Program, *, round: int, done: int) -> Turn:
    """What is to do now, in a run that has done ``done`` steps of this round.

    After the last step another round follows, or the policy that this one becomes.
    """
    if done < len(program.steps):
        return Turn(program, round, done)
    return Turn(program.becomes or program, round + 1, 0)


def due_after(turn: Turn, *, reached: int, now: datetime) -> datetime:
    """When the next turn is due, after this one told ``reached`` people at ``now``.

    A step that told nobody is followed at once by the next, but an empty round keeps
    its wait (CONTRACT section 7). Waits count from when a step was really done, so that
    a system that was down does not fire everything at once when it returns.
    """
    steps = turn.program.steps
    if not turn.ends_round:
        wait = steps[turn.step + 1].after - steps[turn.step].after
        return now + wait if reached else now
    if turn.program.becomes and not reached:
        return now
    return now + turn.program.repeat_after
