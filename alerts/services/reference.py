"""Load the default escalation policies."""

from django.db import transaction

from alerts.models import EscalationPolicy, EscalationStep
from alerts.rules.defaults import DEFAULTS
from alerts.rules.escalation import Program


@transaction.atomic
def load_policies() -> dict[str, int]:
    """Both defaults, once. A policy that people have since changed is left alone."""
    return {"policies": sum(_load(program) for program in DEFAULTS.values())}


def _load(program: Program) -> bool:
    if EscalationPolicy.objects.filter(code=program.policy).exists():
        return False
    policy = EscalationPolicy.objects.create(
        code=program.policy,
        repeat_after=program.repeat_after,
        becomes=program.becomes.policy if program.becomes else "",
    )
    EscalationStep.objects.bulk_create(
        EscalationStep(
            policy=policy,
            position=position,
            after=step.after,
            channel=step.channel,
            targets=list(step.targets),
        )
        for position, step in enumerate(program.steps, start=1)
    )
    return True
