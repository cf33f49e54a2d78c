"""What a model calls itself: codes and ids, never a name, a number or a text.

Text forms end up in logs, in the desk's history and in exceptions.
"""

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from alerts.models import (
    Alert,
    AlertEvent,
    DeliveryReceipt,
    DutyShift,
    Enrolment,
    Escalation,
    EscalationPolicy,
    EscalationStep,
    InboundMessage,
    MessageRecord,
    OutboundAttempt,
    OutboundMessage,
    QuarantineOverflow,
    ReplyCode,
)
from protection.models import (
    ApiToken,
    AuditEvent,
    ConflictOfInterest,
    Consent,
    Contact,
    ContactMethod,
    Heartbeat,
    Municipality,
    MunicipalityNeighbour,
    NonWorkingDay,
    Organisation,
    Person,
    State,
    StateNeighbour,
    User,
    WorkingCalendar,
)
from tests.factories import NOW

# Each stands for something that must not appear.
NUMBER, WORDS, NAME = "+520099887766", "me siguen", "Nombre Secreto"
SECRETS = ("99887766", "me siguen", "Nombre", "Secreto", "secreto")


def rows() -> list[tuple[models.Model, str]]:
    """One row of each model, full of secrets, and the text form it should have."""
    state = State(code="30", name="Veracruz", population=1)
    town = Municipality(code="30087", name="Xalapa", state=state)
    outlet = Organisation(code="MED-1", name=NAME, kind="media_outlet")
    person = Person(
        code="P-1", alias=NAME, given_names=NAME, family_names=NAME, outlet=outlet
    )
    contact = Contact(code="C-1", name=NAME, code_phrase=NAME, organisation=outlet)
    user = User(code="U-1", username=NAME, first_name=NAME, last_name=NAME, email=NAME)
    method = ContactMethod(person=person, value=NUMBER)
    alert = Alert(person=person, subject=NUMBER)
    policy = EscalationPolicy(code="urgente", version=2)
    outbound = OutboundMessage(alert=alert, method=method, text=WORDS)
    attempt = OutboundAttempt(message=outbound, token="secreto")
    inbound = InboundMessage(sender=NUMBER, text=WORDS, payload=WORDS.encode())
    conflict = ConflictOfInterest(person=person, contact=contact, reason=NAME)
    token = ApiToken(name=NAME, digest="secreto")
    return [
        (state, "Veracruz"),
        (town, "Xalapa (30087)"),
        (StateNeighbour(state_id="30", neighbour_id="20"), "30–20"),
        (
            MunicipalityNeighbour(municipality_id="30087", neighbour_id="30026"),
            "30087–30026",
        ),
        (WorkingCalendar(code="mx-lft", name=NAME), "mx-lft"),
        (
            NonWorkingDay(calendar_id="mx-lft", date=NOW.date(), name=NAME),
            "mx-lft 2026-11-23",
        ),
        (outlet, "MED-1"),
        (person, "P-1"),
        (contact, "C-1"),
        (user, "U-1"),
        (method, f"phone {method.pk}"),
        (
            Consent(person=person, purpose="notify_outlet", state="given"),
            "notify_outlet given",
        ),
        (conflict, f"conflict {conflict.pk}"),
        (token, f"token {token.pk}"),
        (
            AuditEvent(
                actor="user:U-1", action="desk.viewed", target_kind="k", target="P-1"
            ),
            "desk.viewed k P-1",
        ),
        (Heartbeat(name="watchman", at=NOW), "watchman"),
        (alert, f"alert {alert.pk}"),
        (
            AlertEvent(alert=alert, kind="raised", details={"x": NAME}),
            f"raised {alert.pk}",
        ),
        *_of_messages(alert, method, inbound, outbound, attempt),
        *_of_runs(person, contact, alert, policy),
    ]


def _of_messages(
    alert: Alert,
    method: ContactMethod,
    inbound: InboundMessage,
    outbound: OutboundMessage,
    attempt: OutboundAttempt,
) -> list[tuple[models.Model, str]]:
    return [
        (inbound, f"text {inbound.pk}"),
        (outbound, f"text {outbound.pk}"),
        (attempt, f"attempt {attempt.pk}"),
        (DeliveryReceipt(attempt=attempt, status="delivered"), "delivered"),
        (
            MessageRecord(id=inbound.pk, direction="inbound"),
            f"inbound {inbound.pk}",
        ),
        (QuarantineOverflow(hour=NOW), "2026-11-23 20h"),
        (ReplyCode(alert=alert, method=method, code="K7Q2"), "K7Q2"),
    ]


def _of_runs(
    person: Person, contact: Contact, alert: Alert, policy: EscalationPolicy
) -> list[tuple[models.Model, str]]:
    shift = DutyShift(contact=contact, starts_at=NOW, ends_at=NOW)
    enrolment = Enrolment(person=person, alert_word="secreto")
    run = Escalation(alert=alert, policy="urgente v2", program={})
    return [
        (shift, f"shift {shift.pk}"),
        (enrolment, f"enrolment {enrolment.pk}"),
        (policy, "urgente v2"),
        (EscalationStep(policy=policy, position=1), "step 1"),
        (run, f"escalation {run.pk}"),
    ]


NAMED = [(type(row).__name__, row, text) for row, text in rows()]


@pytest.mark.parametrize(
    ("row", "text"), [case[1:] for case in NAMED], ids=[case[0] for case in NAMED]
)
def test_text_form_is_a_code(row: models.Model, text: str):
    assert str(row) == text


@pytest.mark.parametrize(
    "row", [case[1] for case in NAMED], ids=lambda r: r._meta.label
)
def test_text_form_holds_no_secret(row: models.Model):
    said = f"{row} {row!r}"

    assert [secret for secret in SECRETS if secret in said] == []


def test_every_model_is_in_the_table():
    ours: set[Any] = {
        model
        for app in ("protection", "alerts", "cases", "dashboards")
        for model in apps.get_app_config(app).get_models()
    }

    assert {type(row) for _, row, _ in NAMED} == ours
