"""Runs: who is told at each step, and what happens when nobody can be."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections

from alerts.choices import AlertStatus, EscalationStatus, OutboundStatus
from alerts.models import (
    Alert,
    AlertEvent,
    DutyShift,
    Escalation,
    EscalationPolicy,
    EscalationStep,
    OutboundMessage,
    ReplyCode,
)
from alerts.services.escalation import advance_next
from alerts.services.triage import acknowledge_by_code
from protection.choices import ConsentPurpose, ConsentState, Level, OrganisationKind
from protection.models import Contact
from protection.services.conflicts import record_conflict
from tests.conftest import Phones
from tests.factories import (
    NOW,
    a_contact,
    a_mechanism,
    a_person,
    a_state,
    a_text,
    an_organisation,
    consent,
    go_on,
    number_of,
)
from tests.personas import World


def told(now=NOW) -> list[str]:
    go_on(now)
    return sorted(
        OutboundMessage.objects.filter(purpose="wake").values_list(
            "method__contact__code", flat=True
        )
    )


def test_roster_decides_at_each_step(world: World):
    Contact.objects.filter(code="DIEGO").update(on_duty="roster")
    nadia = a_contact("NADIA", a_mechanism(), on_duty="roster")
    DutyShift.objects.create(
        contact=nadia, starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(1)
    )

    a_text(number_of(world.elena), "girasol")

    assert told() == ["NADIA"]


def test_nobody_on_shift_means_the_next_step_at_once(world: World):
    Contact.objects.filter(code="DIEGO").update(on_duty="roster")
    a_text(number_of(world.elena), "girasol")

    assert told() == ["CARMEN", "HUGO"]
    assert AlertEvent.objects.filter(kind="nobody").get().details["left_out"] == {
        "off_duty": 1,
        "conflict": 1,
    }


def test_round_that_reaches_nobody_pages_operators_and_waits(
    world: World, caplog: pytest.LogCaptureFixture
):
    record_conflict(person=world.elena, with_whom=a_mechanism(), by="test", now=NOW)
    consent(world.elena, ConsentPurpose.NOTIFY_AUTHORITIES, ConsentState.REFUSED)
    consent(world.elena, ConsentPurpose.NOTIFY_OUTLET, ConsentState.REFUSED)
    a_text(number_of(world.elena), "girasol")

    with caplog.at_level(logging.CRITICAL):
        assert told() == []

    run = Escalation.objects.get()
    assert (run.round, run.next_due_at) == (1, NOW + timedelta(minutes=10))
    assert len(caplog.records) == 1
    assert AlertEvent.objects.filter(kind="empty_round").count() == 1


def test_federal_mechanism_covers_a_person_of_no_known_place(world: World):
    person = a_person("P-NOWHERE")

    a_text(number_of(person), "auxilio")

    assert told() == ["DIEGO"]


def test_state_mechanism_covers_its_own_state_only(world: World):
    for code, name in (("30", "Veracruz"), ("02", "Baja California")):
        organisation = an_organisation(
            f"ME-{code}",
            OrganisationKind.MECHANISM,
            level=Level.STATE,
            state=a_state(code, name),
        )
        a_contact(f"ME-{code}-1", organisation)

    a_text(number_of(world.elena), "girasol")

    assert told() == ["DIEGO", "ME-30-1"]


def test_other_outlets_are_never_told(world: World):
    other = an_organisation("OTRO", OrganisationKind.MEDIA_OUTLET)
    a_contact("OWNER-2", other, "media_owner")
    a_text(number_of(world.elena), "girasol")

    for minutes in (0, 4, 8):
        told(NOW + timedelta(minutes=minutes))

    assert told() == ["CARMEN", "DIEGO", "HUGO", "JULIA"]


def test_phone_that_two_officers_share_rings_once(world: World):
    a_contact("DIEGO-2", a_mechanism(), number=number_of(world.diego))
    a_text(number_of(world.elena), "girasol")

    assert len(told()) == 1


def test_step_carried_out_twice_writes_one_row(world: World):
    a_text(number_of(world.elena), "girasol")
    go_on()
    Escalation.objects.update(step=0, next_due_at=NOW)

    go_on()

    assert OutboundMessage.objects.count() == 1


def test_run_keeps_its_steps_when_the_policy_changes(world: World, phones: Phones):
    a_text(number_of(world.elena), "girasol")
    EscalationStep.objects.all().delete()

    assert told() == ["DIEGO"]
    assert told(NOW + timedelta(minutes=4)) == ["CARMEN", "DIEGO", "HUGO"]


def test_steps_missed_while_everything_was_down_are_not_fired_together(world: World):
    a_text(number_of(world.elena), "girasol")
    later = NOW + timedelta(hours=3)

    assert told(later) == ["DIEGO"]
    assert Escalation.objects.get().next_due_at == later + timedelta(minutes=4)


def test_personal_policy_takes_the_place_of_the_urgent_one(world: World):
    world.elena.enrolment.policy = EscalationPolicy.objects.get(code="revisar")
    world.elena.enrolment.save()

    a_text(number_of(world.elena), "girasol")

    assert Escalation.objects.get().policy == "revisar v1"


@pytest.mark.parametrize("policies_left", [["revisar"], []], ids=["one", "none"])
def test_alert_wakes_people_though_its_policy_is_gone(
    world: World, policies_left: list[str], caplog: pytest.LogCaptureFixture
):
    EscalationPolicy.objects.exclude(code__in=policies_left).delete()

    a_text(number_of(world.elena), "girasol")

    assert told() == ["DIEGO"]
    assert told(NOW + timedelta(minutes=4)) == ["CARMEN", "DIEGO", "HUGO"]
    assert "A policy has no step to carry out." in caplog.messages


def test_policy_without_steps_is_replaced_by_the_default(world: World):
    EscalationStep.objects.all().delete()

    a_text(number_of(world.elena), "hola")

    assert told() == ["DIEGO"]


def test_run_that_cannot_go_on_never_stands_in_front_of_the_others(
    world: World, caplog: pytest.LogCaptureFixture
):
    a_text(number_of(world.elena), "girasol")
    Escalation.objects.update(program={"broken": True})
    other = a_person("P-OTHER")
    a_text(number_of(other), "auxilio", now=NOW + timedelta(seconds=1))

    done = go_on(NOW + timedelta(seconds=1))

    assert done == 2
    assert OutboundMessage.objects.get().alert.person == other
    assert "An escalation could not go on." in caplog.messages


# --- Acknowledgement -----------------------------------------------------------------
def code_of(contact: Contact) -> ReplyCode:
    return ReplyCode.objects.get(method__contact=contact)


def test_late_answer_is_told_that_somebody_has_it(world: World, phones: Phones):
    a_contact("NADIA", a_mechanism(), number="+520020000002")
    a_text(number_of(world.elena), "girasol")
    go_on()
    phones.deliver()
    nadia = Contact.objects.get(code="NADIA")

    a_text(number_of(world.diego), f"1 {code_of(world.diego).code}")
    a_text("+520020000002", f"1 {code_of(nadia).code}")
    phones.deliver()

    assert Alert.objects.get().acknowledged_by == "contact:DIEGO"
    assert phones.of("+520020000002")[-1].endswith(
        "ya la atiende otra persona. 14:05. No necesita hacer nada."
    )


def test_bare_digit_answers_the_only_open_request(world: World):
    a_text(number_of(world.elena), "girasol")
    go_on()

    message = a_text(number_of(world.diego), "1")

    assert Alert.objects.get().status == AlertStatus.ACKNOWLEDGED
    assert message.meaning == "acknowledgement"


def test_bare_digit_with_two_open_requests_asks_and_never_guesses(
    world: World, phones: Phones
):
    other = a_person("P-OTHER")
    a_text(number_of(world.elena), "girasol")
    a_text(number_of(other), "auxilio")
    go_on()
    phones.deliver()

    message = a_text(number_of(world.diego), "1")
    phones.deliver()

    assert set(Alert.objects.values_list("status", flat=True)) == {"new"}
    assert message.needs_human
    assert phones.of(number_of(world.diego))[-1].startswith(
        "FARO. Tiene varios avisos abiertos."
    )


def test_reply_nobody_asked_for_is_kept_for_a_human(world: World):
    message = a_text(number_of(world.diego), "¿de qué se trata?")

    assert (message.meaning, message.needs_human) == ("unclear_reply", True)


def test_open_code_wins_over_the_other_role_of_a_number(world: World):
    """Diego is enrolled as a journalist too, on the same phone."""
    a_person("P-DIEGO", number=number_of(world.diego))
    a_text(number_of(world.elena), "girasol")
    go_on()

    a_text(number_of(world.diego), f"1 {code_of(world.diego).code}")

    assert Alert.objects.get().status == AlertStatus.ACKNOWLEDGED


def test_new_text_goes_at_once_to_whoever_holds_it(world: World, phones: Phones):
    a_text(number_of(world.elena), "girasol")
    go_on()
    phones.deliver()
    a_text(number_of(world.diego), f"1 {code_of(world.diego).code}")
    phones.deliver()

    a_text(number_of(world.elena), "ya se fueron")
    phones.deliver()

    assert phones.of(number_of(world.diego))[-1] == (
        f"FARO 4. Ref {code_of(world.diego).code}. 14:05."
        " Hay algo nuevo. Entre al panel."
    )
    assert Escalation.objects.get().status == EscalationStatus.PAUSED_BY_ACK


@pytest.mark.parametrize("word", ["girasol", "llegue muy bien"])
def test_alert_or_duress_word_reopens_an_acknowledged_alert(
    world: World, phones: Phones, word: str
):
    a_text(number_of(world.elena), "girasol")
    go_on()
    a_text(number_of(world.diego), f"1 {code_of(world.diego).code}")

    a_text(number_of(world.elena), word)
    go_on()

    run = Escalation.objects.get()
    assert Alert.objects.get().status == AlertStatus.NEW
    assert (run.status, run.round) == (EscalationStatus.RUNNING, 2)
    assert OutboundMessage.objects.filter(purpose="wake", round=2).count() == 1


def test_duress_is_seen_inside_and_wakes_like_an_alarm(world: World):
    a_text(number_of(world.elena), "Llegué muy bien")

    alert = Alert.objects.get()
    assert (alert.kind, alert.severity) == ("duress", 4)
    assert told() == ["DIEGO"]


def test_duress_is_not_forgotten_by_a_later_alarm(world: World):
    a_text(number_of(world.elena), "Llegué muy bien")
    a_text(number_of(world.elena), "girasol")

    assert Alert.objects.get().kind == "duress"


def test_answer_of_somebody_distrusted_since_does_not_count(world: World):
    """They are not told that they are excluded; the run goes on."""
    a_text(number_of(world.elena), "girasol")
    go_on()
    record_conflict(person=world.elena, with_whom=world.diego, by="test", now=NOW)

    message = a_text(number_of(world.diego), f"1 {code_of(world.diego).code}")

    assert Alert.objects.get().status == AlertStatus.NEW
    assert (message.meaning, message.needs_human) == ("unclear_reply", True)
    assert not OutboundMessage.objects.filter(purpose="confirmation").exists()


def test_answer_of_an_officer_who_left_does_not_count(world: World):
    a_text(number_of(world.elena), "girasol")
    go_on()
    Contact.objects.filter(code="DIEGO").update(is_active=False)

    a_text(number_of(world.diego), f"1 {code_of(world.diego).code}")

    assert Alert.objects.get().status == AlertStatus.NEW


def test_answer_after_the_shift_still_counts(world: World):
    a_text(number_of(world.elena), "girasol")
    go_on()
    Contact.objects.filter(code="DIEGO").update(on_duty="roster")

    a_text(number_of(world.diego), f"1 {code_of(world.diego).code}")

    assert Alert.objects.get().status == AlertStatus.ACKNOWLEDGED


def test_stop_of_a_contact_is_mirrored_until_start(world: World):
    """The provider blocks on this word: our next step must look elsewhere."""
    method = world.diego.methods.get()

    a_text(number_of(world.diego), "Stop")
    method.refresh_from_db()
    stopped = method.opted_out_at
    a_text(number_of(world.diego), "START")
    method.refresh_from_db()

    assert (stopped, method.opted_out_at) == (NOW, None)


@pytest.mark.parametrize("word", ["STOP", "ALTO", "HELP", "START", "1"])
def test_command_words_of_a_journalist_are_an_alert(world: World, word: str):
    a_text(number_of(world.elena), word)

    assert Alert.objects.get().person == world.elena
    assert world.elena.methods.get().opted_out_at is None


def test_number_changed_since_ends_the_old_reference(world: World, phones: Phones):
    """The officer's phone was stolen: whoever has it acknowledges nothing."""
    a_text(number_of(world.elena), "girasol")
    go_on()
    old, code = number_of(world.diego), code_of(world.diego).code
    method = world.diego.methods.get()
    method.value = "+520020009999"
    method.save()

    a_text(old, f"1 {code}")
    assert Alert.objects.get().status == AlertStatus.NEW

    go_on(NOW + timedelta(minutes=4))
    for minutes in (8, 18):
        go_on(NOW + timedelta(minutes=minutes))
    new = ReplyCode.objects.open().get(method__contact=world.diego)
    a_text("+520020009999", f"1 {new.code}")
    assert Alert.objects.get().status == AlertStatus.ACKNOWLEDGED


def test_late_copy_of_an_old_answer_does_not_stop_a_new_round(world: World):
    a_text(number_of(world.elena), "girasol")
    go_on()
    answer = f"1 {code_of(world.diego).code}"
    a_text(number_of(world.diego), answer)
    a_text(number_of(world.elena), "llegue muy bien")

    a_text(number_of(world.diego), answer)

    assert Alert.objects.get().status == AlertStatus.NEW
    assert Escalation.objects.get().status == EscalationStatus.RUNNING


def test_news_for_a_holder_who_may_no_longer_be_told_wakes_the_others(world: World):
    nadia = a_contact("NADIA", a_mechanism())
    a_text(number_of(world.elena), "girasol")
    go_on()
    a_text(number_of(world.diego), f"1 {code_of(world.diego).code}")
    record_conflict(person=world.elena, with_whom=world.diego, by="test", now=NOW)

    a_text(number_of(world.elena), "ya vienen")
    go_on()

    rows = OutboundMessage.objects.filter(purpose="wake", round=2)
    assert Alert.objects.get().status == AlertStatus.NEW
    assert [row.method.contact for row in rows] == [nadia]


def test_bare_digit_answers_one_alert_though_it_has_two_references(world: World):
    """Two contacts share a phone and were woken at different steps."""
    shared = number_of(world.diego)
    a_contact("LIAISON", a_mechanism(), "liaison", number=shared)
    a_text(number_of(world.elena), "girasol")
    go_on()
    go_on(NOW + timedelta(minutes=4))
    assert (
        ReplyCode.objects.open()
        .filter(number_index=world.diego.methods.get().index)
        .count()
        == 2
    )

    a_text(shared, "1")

    assert Alert.objects.get().status == AlertStatus.ACKNOWLEDGED


def test_one_contact_that_cannot_be_read_silences_nobody_else(world: World):
    nadia = a_contact("NADIA", a_mechanism(), code_phrase="BRUJULA")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE protection_contact SET code_phrase = %s WHERE code = 'DIEGO'",
            [b"broken"],
        )
    a_text(number_of(world.elena), "girasol")

    assert told() == ["DIEGO", "NADIA"]
    text = OutboundMessage.objects.get(method__contact=world.diego).text
    assert text.startswith("AVISO 4. Ref ")
    assert nadia.code_phrase == "BRUJULA"


def test_newer_text_takes_the_place_of_one_that_never_left(
    world: World, phones: Phones
):
    """After an outage each phone gets one text for an alert, with a true time."""
    a_text(number_of(world.elena), "girasol")
    for minutes in (0, 4, 8, 18):
        go_on(NOW + timedelta(minutes=minutes))

    phones.deliver(NOW + timedelta(minutes=19))

    (text,) = phones.of(number_of(world.diego))
    assert "sigue abierta. 14:23." in text


@pytest.mark.parametrize("circle", ["urgente", "revisar"])
def test_policies_that_become_each_other_still_wake_people(world: World, circle: str):
    EscalationPolicy.objects.filter(code="urgente").update(becomes=circle)

    a_text(number_of(world.elena), "hola")

    assert told() == ["DIEGO"]


def test_whoever_shares_the_number_since_has_a_say(world: World):
    other = a_person("P-2", number=number_of(world.elena))
    a_text(number_of(world.elena), "hola")
    third = a_person("P-3", number=number_of(world.elena))
    record_conflict(person=third, with_whom=world.diego, by="test", now=NOW)

    a_text(number_of(world.elena), "girasol")

    assert set(Alert.objects.get().candidates.all()) == {world.elena, other, third}
    assert told() == ["CARMEN"]


@pytest.mark.django_db(transaction=True)
def test_withheld_text_and_answer_at_once_do_not_block_each_other(
    world: World, phones: Phones
):
    a_contact("NADIA", a_mechanism())
    a_text(number_of(world.elena), "girasol")
    go_on()
    record_conflict(person=world.elena, with_whom=world.diego, by="test", now=NOW)
    code = ReplyCode.objects.select_related("method__contact__organisation").get(
        method__contact__code="NADIA"
    )

    def alone(work) -> object:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        sending = pool.submit(alone, lambda: phones.deliver())
        answering = pool.submit(
            alone, lambda: acknowledge_by_code(code=code, occasion="x", now=NOW)
        )
        sending.result()
        assert answering.result() is True

    assert phones.of(number_of(world.diego)) == []


@pytest.mark.django_db(transaction=True)
def test_answer_and_step_at_the_same_instant_agree(world: World):
    """Whichever comes first wins, and the other sees it."""
    a_text(number_of(world.elena), "girasol")
    go_on()
    later = NOW + timedelta(minutes=4)
    code = ReplyCode.objects.select_related("method__contact").get()
    run = Escalation.objects.get()

    def alone(work) -> object:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        done = [
            pool.submit(alone, lambda: advance_next(now=later)),
            pool.submit(
                alone,
                lambda: acknowledge_by_code(code=code, occasion="x", now=later),
            ),
        ]
        [one.result() for one in done]

    run.refresh_from_db()
    assert run.status == EscalationStatus.PAUSED_BY_ACK
    assert not OutboundMessage.objects.filter(
        purpose="wake", status=OutboundStatus.PENDING
    ).exists()


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_give_one_holder(world: World):
    a_contact("NADIA", a_mechanism())
    a_text(number_of(world.elena), "girasol")
    go_on()
    codes = list(ReplyCode.objects.select_related("method__contact"))

    def answer(code: ReplyCode) -> bool:
        try:
            return acknowledge_by_code(code=code, occasion=str(code.pk), now=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(answer, codes))

    assert sorted(results) == [False, True]
    assert AlertEvent.objects.filter(kind="acknowledged").count() == 1
