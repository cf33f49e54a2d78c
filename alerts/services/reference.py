"""The default escalation policies (CONTRACT section 7)."""

from datetime import timedelta

from django.db import transaction

from alerts.choices import Target
from alerts.models import EscalationPolicy, EscalationStep
from alerts.rules.severity import REVIEW, URGENT

_DUTY = [Target.DUTY_OFFICERS]
_URGENT_STEPS = [
    (0, "sms", _DUTY),
    (2, "voice", _DUTY),
    (4, "sms", [Target.LIAISONS, Target.COORDINATORS]),
    (4, "voice", [Target.LIAISONS, Target.COORDINATORS]),
    (8, "sms", [Target.MEDIA_OWNER]),
    (8, "voice", [Target.COORDINATORS]),
]
_REVIEW_STEPS = [(0, "sms", _DUTY)]


@transaction.atomic
def load_policies() -> dict[str, int]:
    """Both defaults, once. A policy that people have since changed is left alone."""
    created = _load(URGENT, _URGENT_STEPS, becomes="")
    created += _load(REVIEW, _REVIEW_STEPS, becomes=URGENT)
    return {"policies": created}


def _load(
    code: str, steps: list[tuple[int, str, list[Target]]], *, becomes: str
) -> int:
    if EscalationPolicy.objects.filter(code=code).exists():
        return 0
    policy = EscalationPolicy.objects.create(
        code=code, repeat_after=timedelta(minutes=10), becomes=becomes
    )
    EscalationStep.objects.bulk_create(
        EscalationStep(
            policy=policy,
            position=position,
            after=timedelta(minutes=minutes),
            channel=channel,
            targets=targets,
        )
        for position, (minutes, channel, targets) in enumerate(steps, start=1)
    )
    return 1
