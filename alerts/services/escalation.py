"""Runs of a policy: start, go on when a step is due, stop when a human has it."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import OperationalError, transaction

from alerts import outbox
from alerts.choices import AlertEventKind, EscalationStatus, OutboundStatus
from alerts.models import Alert, Escalation, EscalationPolicy, OutboundMessage
from alerts.rules.defaults import DEFAULTS, URGENT_PROGRAM
from alerts.rules.escalation import Program, Step, Turn, due_after, next_turn
from alerts.selectors import facts_of, whom_to_wake
from alerts.services.events import note
from alerts.services.messaging import Occasion, wake
from protection.choices import Channel

logger = logging.getLogger(__name__)

# Channels whose gateway exists. Steps of others wait for theirs.
BUILT_CHANNELS = frozenset({Channel.SMS})


def program_of(code: str, *, after: frozenset[str] = frozenset()) -> Program:
    """The current policy of this code, with the steps we can carry out, as a run
    freezes it.

    A policy that is missing, or has no such step, is replaced by the default one: a
    mistake in a policy must never leave an alert without anybody to wake.
    """
    policy = (
        EscalationPolicy.objects.filter(code=code, is_current=True)
        .prefetch_related("steps")
        .first()
    )
    steps = [
        Step(after=step.after, channel=step.channel, targets=tuple(step.targets))
        for step in (policy.steps.all() if policy else ())
    ]
    if policy is None or not _possible(steps):
        logger.error("A policy has no step to carry out.", extra={"policy": code})
        return _carried_out(DEFAULTS.get(code, URGENT_PROGRAM))
    before = after | {code}
    follows = policy.becomes if policy.becomes not in before else ""  # no circles
    return Program(
        policy=str(policy),
        steps=_possible(steps),
        repeat_after=policy.repeat_after,
        becomes=program_of(follows, after=before) if follows else None,
    )


def _possible(steps: Iterable[Step]) -> tuple[Step, ...]:
    return tuple(step for step in steps if step.channel in BUILT_CHANNELS)


def _carried_out(program: Program) -> Program:
    return replace(
        program,
        steps=_possible(program.steps),
        becomes=_carried_out(program.becomes) if program.becomes else None,
    )


def start(*, alert: Alert, policy: str, now: datetime) -> Escalation:
    """Begin a run whose first step is due at once."""
    program = program_of(policy)
    escalation = Escalation.objects.create(
        alert=alert,
        policy=program.policy,
        program=program.to_json(),
        started_at=now,
        next_due_at=now,
    )
    outbox.escalate_soon()
    return escalation


def restart(*, alert: Alert, policy: str, now: datetime) -> None:
    """Begin again from the first step, in a new round, whatever the run was doing.

    The last run of the alert goes on, so that its keys stay unique.
    """
    escalation = (
        Escalation.objects.select_for_update(of=("self",), no_key=True)
        .filter(alert=alert)
        .order_by("-started_at")
        .first()
    )
    if escalation is None:
        start(alert=alert, policy=policy, now=now)
        return
    program = program_of(policy)
    escalation.policy = program.policy
    escalation.program = program.to_json()
    escalation.status = EscalationStatus.RUNNING
    escalation.round += 1
    escalation.step = 0
    escalation.next_due_at = now
    escalation.save()
    outbox.escalate_soon()


def pause(*, alert: Alert, reason: str) -> int:
    """Stop what is not yet sent, in the caller's transaction; return how many texts.

    A text being handed over at this moment may still go: at most one for each number.
    """
    Escalation.objects.filter(alert=alert, status=EscalationStatus.RUNNING).update(
        status=EscalationStatus.PAUSED_BY_ACK, next_due_at=None
    )
    return OutboundMessage.objects.filter(
        alert=alert, escalation__isnull=False, status=OutboundStatus.PENDING
    ).update(status=OutboundStatus.SUPERSEDED, status_reason=reason)


PUT_OFF = timedelta(seconds=30)


@transaction.atomic
def advance_next(*, now: datetime) -> bool:
    """Carry out one step that is due; False when none is, or others are at all of them.

    Locks the alert first, as an acknowledgement does: whichever comes first wins, and
    the other sees it. Each caller takes a run that no other has, so that many at once
    share a burst. A run that cannot go on is put off and named: it must never stand in
    front of the others.
    """
    alert = (
        Alert.objects.filter(
            escalations__status=EscalationStatus.RUNNING,
            escalations__next_due_at__lte=now,
        )
        .select_for_update(of=("self",), skip_locked=True, no_key=True)
        .select_related("person")
        .order_by("escalations__next_due_at")
        .first()
    )
    if alert is None:
        return False
    escalation = (
        Escalation.objects.running()
        .select_for_update(of=("self",), no_key=True)
        .filter(alert=alert, next_due_at__lte=now)
        .first()
    )
    if escalation is None:  # it was carried out while we reached for the lock
        return True
    try:
        with transaction.atomic():
            _advance(escalation, alert, now)
    except OperationalError:
        raise
    except Exception:
        logger.exception(
            "An escalation could not go on.", extra={"row": str(escalation.pk)}
        )
        Escalation.objects.filter(pk=escalation.pk).update(next_due_at=now + PUT_OFF)
    return True


def _advance(escalation: Escalation, alert: Alert, now: datetime) -> None:
    turn = next_turn(
        Program.from_json(escalation.program),
        round=escalation.round,
        done=escalation.step,
    )
    reached = _carry_out(turn, escalation, alert, now)
    if turn.step == 0:
        escalation.round_reached = 0
    escalation.round_reached += reached
    if turn.ends_round and not escalation.round_reached:
        _page_operators(turn, alert, now)
    escalation.policy = turn.program.policy
    escalation.program = turn.program.to_json()
    escalation.round, escalation.step = turn.round, turn.step + 1
    escalation.next_due_at = due_after(turn, reached=reached, now=now)
    escalation.save()
    if escalation.next_due_at <= now:
        outbox.escalate_soon()


def _carry_out(turn: Turn, escalation: Escalation, alert: Alert, now: datetime) -> int:
    """Queue the texts of a step, write down why others got none; return how many."""
    targets = turn.program.steps[turn.step].targets
    methods, left_out = whom_to_wake(targets, facts_of(alert), now=now)
    reached = wake(
        alert=alert,
        methods=methods,
        occasion=Occasion(escalation, turn.step + 1, turn.round),
        now=now,
    )
    note(
        alert,
        AlertEventKind.STEP if reached else AlertEventKind.NOBODY,
        by="system",
        now=now,
        policy=turn.program.policy,
        round=turn.round,
        step=turn.step + 1,
        targets=list(targets),
        told=reached,
        left_out={str(reason): count for reason, count in left_out.items()},
    )
    return reached


def _page_operators(turn: Turn, alert: Alert, now: datetime) -> None:
    """Nobody at all could be told: say so where operators and the watchman look."""
    note(alert, AlertEventKind.EMPTY_ROUND, by="system", now=now, round=turn.round)
    logger.critical(
        "A whole round of an escalation reached nobody: check the roster, consents"
        " and numbers of this alert at once.",
        extra={"alert": str(alert.pk), "round": turn.round},
    )
