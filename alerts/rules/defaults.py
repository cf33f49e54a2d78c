"""The default policies (CONTRACT section 7), loaded once and then people's to change.

They are also what a run falls back on: an alert is never left without steps because
somebody emptied or mistyped a policy.
"""

from datetime import timedelta

from alerts.choices import Target
from alerts.rules.escalation import Program, Step
from alerts.rules.severity import REVIEW, URGENT
from protection.choices import Channel

VOICE = "voice"
_WAIT = timedelta(minutes=10)
_DUTY = (Target.DUTY_OFFICERS,)
_TERRITORY = (Target.LIAISONS, Target.COORDINATORS)


def _step(minutes: int, channel: str, targets: tuple[Target, ...]) -> Step:
    return Step(timedelta(minutes=minutes), channel, targets)


URGENT_PROGRAM = Program(
    policy=URGENT,
    steps=(
        _step(0, Channel.SMS, _DUTY),
        _step(2, VOICE, _DUTY),
        _step(4, Channel.SMS, _TERRITORY),
        _step(4, VOICE, _TERRITORY),
        _step(8, Channel.SMS, (Target.MEDIA_OWNER,)),
        _step(8, VOICE, (Target.COORDINATORS,)),
    ),
    repeat_after=_WAIT,
)
REVIEW_PROGRAM = Program(
    policy=REVIEW,
    steps=(_step(0, Channel.SMS, _DUTY),),
    repeat_after=_WAIT,
    becomes=URGENT_PROGRAM,
)
DEFAULTS = {program.policy: program for program in (URGENT_PROGRAM, REVIEW_PROGRAM)}
