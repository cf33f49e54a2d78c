"""A row leaves, whatever the provider does."""

from datetime import timedelta

import pytest
from django.db import connection

from alerts.choices import AttemptOutcome, OutboundStatus, Priority
from alerts.gateways.base import GatewayError
from alerts.models import OutboundAttempt, OutboundMessage
from alerts.rules.delivery import ErrorClass
from alerts.services.delivery import claim
from alerts.services.outcomes import record_receipt, record_refusal
from alerts.services.settlement import settle_attempt, unsettled_attempts
from protection.choices import ConsentPurpose, ConsentState, NumberState
from protection.models import ContactMethod, Person
from protection.services.conflicts import record_conflict
from tests.conftest import Phones
from tests.factories import NOW, a_person, a_text, consent, go_on, number_of
from tests.personas import World

AMBIGUOUS = GatewayError(ErrorClass.AMBIGUOUS)
LATER = NOW + timedelta(seconds=30)


@pytest.fixture
def message(world: World) -> OutboundMessage:
    """One text to Diego that waits to leave."""
    a_text(number_of(world.elena), "girasol")
    go_on()
    return OutboundMessage.objects.get()


def settle_all(phones: Phones, now=LATER) -> None:
    for attempt_id in unsettled_attempts(now=now):
        settle_attempt(attempt_id=attempt_id, gateway=phones, now=now)


def test_text_is_handed_over_once(message: OutboundMessage, phones: Phones):
    phones.deliver()
    phones.deliver()

    message.refresh_from_db()
    assert len(phones.received) == 1
    assert (message.status, message.attempt_count) == (OutboundStatus.QUEUED, 1)


def test_callback_address_carries_the_attempts_token(
    message: OutboundMessage, phones: Phones
):
    phones.deliver()

    token = OutboundAttempt.objects.get().token
    assert phones.received[0].callback_url == (
        f"http://127.0.0.1:8000/alerts/twilio/status/{token}/"
    )


def test_overload_is_waited_out(message: OutboundMessage, phones: Phones):
    phones.faults = [
        GatewayError(ErrorClass.TRANSIENT, code=20429, http_status=429)
        for _ in range(5)
    ]
    now = NOW

    for _ in range(6):
        phones.deliver(now)
        now += timedelta(minutes=1)

    message.refresh_from_db()
    assert len(phones.received) == 1
    assert (message.status, message.attempt_count) == (OutboundStatus.QUEUED, 6)


def test_number_that_cannot_be_reached_is_marked(
    message: OutboundMessage, phones: Phones
):
    phones.faults = [GatewayError(ErrorClass.ADDRESS, code=21614, http_status=400)]

    phones.deliver()

    message.refresh_from_db()
    method = ContactMethod.objects.get(pk=message.method_id)
    assert (message.status, message.error_code) == (OutboundStatus.FAILED, 21614)
    assert (method.bad_since is not None, method.bad_code) == (True, 21614)


def test_opt_out_is_mirrored_and_never_tried_again(
    message: OutboundMessage, phones: Phones, world: World
):
    phones.faults = [GatewayError(ErrorClass.OPTED_OUT, code=21610, http_status=400)]
    phones.deliver()

    for minutes in range(0, 40, 2):
        now = NOW + timedelta(minutes=minutes)
        go_on(now)
        phones.deliver(now)

    assert phones.of(number_of(world.diego)) == []
    assert OutboundMessage.objects.filter(method=message.method).count() == 1


def test_lost_answer_is_settled_by_the_callback(
    message: OutboundMessage, phones: Phones
):
    phones.faults = [AMBIGUOUS]
    phones.deliver()
    attempt = OutboundAttempt.objects.get()

    record_receipt(
        token=attempt.token, provider_sid="SM1", status="sent", error_code=None, now=NOW
    )
    settle_all(phones)
    phones.deliver(LATER)

    message.refresh_from_db()
    attempt.refresh_from_db()
    assert phones.received == []
    assert (message.status, message.provider_sid) == (OutboundStatus.SENT, "SM1")
    assert attempt.outcome == AttemptOutcome.ACCEPTED


def test_lost_answer_is_settled_by_the_providers_list(
    message: OutboundMessage, phones: Phones
):
    phones.deliver()
    attempt = OutboundAttempt.objects.get()
    OutboundAttempt.objects.update(
        provider_sid=None, outcome=AttemptOutcome.UNKNOWN, finished_at=None
    )
    OutboundMessage.objects.update(status=OutboundStatus.UNKNOWN, provider_sid="")

    settle_all(phones)
    phones.deliver(LATER)

    attempt.refresh_from_db()
    assert len(phones.received) == 1
    assert attempt.outcome == AttemptOutcome.ACCEPTED


def test_life_safety_text_goes_again_with_the_same_words(
    message: OutboundMessage, phones: Phones
):
    phones.faults = [AMBIGUOUS]
    phones.deliver()

    settle_all(phones)
    phones.deliver(LATER)

    message.refresh_from_db()
    assert [letter.text for letter in phones.received] == [message.text]
    assert (message.attempt_count, message.status_reason) == (2, "possible_duplicate")


def test_text_whose_calls_all_stay_unanswered_goes_at_most_twice(
    message: OutboundMessage, phones: Phones, caplog: pytest.LogCaptureFixture
):
    now = NOW
    for _try in range(5):
        phones.faults = [AMBIGUOUS]
        phones.deliver(now)
        now += timedelta(seconds=30)
        settle_all(phones, now)

    message.refresh_from_db()
    assert (message.attempt_count, message.status) == (2, OutboundStatus.ABANDONED)
    assert "Nobody knows whether a text was sent, and it is not sent again." in (
        caplog.messages
    )


def test_refused_calls_do_not_use_up_the_second_send(
    message: OutboundMessage, phones: Phones
):
    """Overload sent nothing: after it, an unanswered call is still made once more."""
    overload = GatewayError(ErrorClass.TRANSIENT, code=20429, http_status=429)
    phones.faults = [overload, overload, overload, AMBIGUOUS]
    now = NOW
    for _try in range(4):
        phones.deliver(now)
        now += timedelta(minutes=1)

    settle_all(phones, now)
    phones.deliver(now)

    message.refresh_from_db()
    assert len(phones.received) == 1
    assert message.status_reason == "possible_duplicate"


def test_answer_that_comes_after_the_attempt_was_settled_changes_nothing(
    message: OutboundMessage, phones: Phones
):
    attempt, _letter = claim([Priority.P0], now=NOW)
    settle_all(phones)
    message.refresh_from_db()
    before = message.status

    record_refusal(attempt, AMBIGUOUS, now=LATER)

    message.refresh_from_db()
    assert (before, message.status) == (OutboundStatus.PENDING, OutboundStatus.PENDING)


def test_number_that_was_bad_is_good_again_when_a_text_arrives(
    message: OutboundMessage, phones: Phones
):
    phones.deliver()
    ContactMethod.objects.filter(pk=message.method_id).update(
        bad_since=NOW, bad_code=30005
    )
    attempt = OutboundAttempt.objects.get()

    record_receipt(
        token=attempt.token,
        provider_sid=str(attempt.provider_sid),
        status="delivered",
        error_code=None,
        now=NOW,
    )

    method = ContactMethod.objects.get(pk=message.method_id)
    assert (method.bad_since, method.bad_code) == (None, None)


def test_informing_text_goes_at_most_once(message: OutboundMessage, phones: Phones):
    OutboundMessage.objects.update(priority=Priority.P2)
    phones.faults = [AMBIGUOUS]
    phones.deliver()

    settle_all(phones)
    phones.deliver(LATER)

    message.refresh_from_db()
    assert phones.received == []
    assert message.status == OutboundStatus.ABANDONED


def test_callback_after_a_second_send_was_ordered_stops_it(
    message: OutboundMessage, phones: Phones
):
    phones.faults = [AMBIGUOUS]
    phones.deliver()
    settle_all(phones)
    attempt = OutboundAttempt.objects.get()

    record_receipt(
        token=attempt.token,
        provider_sid="SM1",
        status="delivered",
        error_code=None,
        now=LATER,
    )
    phones.deliver(LATER)

    message.refresh_from_db()
    assert phones.received == []
    assert message.status == OutboundStatus.DELIVERED


def test_crash_between_claim_and_call_is_settled(
    message: OutboundMessage, phones: Phones
):
    """The process died after the claim was committed: nothing was sent."""
    claim([Priority.P0], now=NOW)
    assert phones.deliver() == 0

    settle_all(phones)
    phones.deliver(LATER)

    assert len(phones.received) == 1


def test_settling_waits_for_a_callback_first(message: OutboundMessage, phones: Phones):
    phones.faults = [AMBIGUOUS]
    phones.deliver()

    assert unsettled_attempts(now=NOW + timedelta(seconds=10)) == []


def test_foreign_message_id_on_our_token_is_refused(
    message: OutboundMessage, phones: Phones
):
    phones.deliver()
    attempt = OutboundAttempt.objects.get()

    taken = record_receipt(
        token=attempt.token,
        provider_sid="SMother",
        status="delivered",
        error_code=None,
        now=NOW,
    )

    message.refresh_from_db()
    assert (taken, message.status) == (False, OutboundStatus.QUEUED)


def test_row_that_cannot_be_read_never_stands_in_front_of_the_others(
    message: OutboundMessage,
    phones: Phones,
    world: World,
    caplog: pytest.LogCaptureFixture,
):
    other = a_person("P-OTHER")
    a_text(number_of(other), "auxilio")
    go_on()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE alerts_outboundmessage SET text = %s WHERE id = %s",
            [b"broken", message.pk],
        )

    phones.deliver()

    message.refresh_from_db(fields=["status", "status_reason", "not_before"])
    assert len(phones.received) == 1
    assert (message.status, message.status_reason) == ("pending", "cannot_be_read")
    assert message.not_before > NOW
    assert caplog.messages == ["A text cannot be sent."]


# --- What may no longer go -----------------------------------------------------------
def withheld(message: OutboundMessage, phones: Phones) -> tuple[int, str, str]:
    phones.deliver()
    message.refresh_from_db()
    return len(phones.received), message.status, message.status_reason


def test_conflict_recorded_after_queueing_stops_the_text(
    message: OutboundMessage, phones: Phones, world: World
):
    record_conflict(
        person=world.elena, with_whom=world.diego.organisation, by="test", now=NOW
    )

    assert withheld(message, phones) == (0, OutboundStatus.WITHHELD, "conflict")


def test_consent_withdrawn_after_queueing_stops_the_text(
    message: OutboundMessage, phones: Phones, world: World
):
    message.method = world.hugo.methods.get()
    message.save(update_fields=["method"])
    consent(world.elena, ConsentPurpose.NOTIFY_AUTHORITIES, ConsentState.WITHDRAWN)

    assert withheld(message, phones) == (0, OutboundStatus.WITHHELD, "no_consent")


def test_seized_phone_is_not_texted(
    message: OutboundMessage, phones: Phones, world: World
):
    ContactMethod.objects.filter(pk=message.method_id).update(state=NumberState.SEIZED)

    assert withheld(message, phones) == (0, OutboundStatus.WITHHELD, "number_unusable")


def test_phone_shared_with_somebody_distrusted_is_not_texted(
    message: OutboundMessage, phones: Phones, world: World
):
    shared = number_of(world.diego)
    method = world.fausto.methods.get()
    method.value = shared
    method.save()

    assert withheld(message, phones) == (0, OutboundStatus.WITHHELD, "conflict")


def test_acknowledged_alert_wakes_nobody_any_more(
    message: OutboundMessage, phones: Phones
):
    message.alert.status = "acknowledged"
    message.alert.acknowledged_at, message.alert.acknowledged_by = NOW, "contact:X"
    message.alert.save()

    assert withheld(message, phones) == (0, OutboundStatus.SUPERSEDED, "acknowledged")


# --- Receipts to the person ----------------------------------------------------------
@pytest.mark.parametrize(
    ("reply", "consents", "expected"),
    [("neutral", True, 1), ("none", True, 0), ("neutral", False, 0)],
)
def test_person_gets_a_receipt_only_if_they_chose_so(
    world: World, phones: Phones, reply: str, consents: bool, expected: int
):
    world.elena.enrolment.reply = reply
    world.elena.enrolment.save()
    if not consents:
        consent(world.elena, ConsentPurpose.RECEIVE_ALERTS, ConsentState.WITHDRAWN)

    a_text(number_of(world.elena), "girasol")
    phones.deliver()

    assert len(phones.of(number_of(world.elena))) == expected


def test_receipt_of_duress_looks_like_any_other(world: World, phones: Phones):
    world.elena.enrolment.reply = "neutral"
    world.elena.enrolment.save()

    a_text(number_of(world.elena), "Llegué muy bien")
    phones.deliver()

    (receipt,) = phones.of(number_of(world.elena))
    assert receipt.startswith("Recibido 14:05. Ref ")
    assert len(receipt) == len("Recibido 14:05. Ref 4417.")


def test_receipts_are_at_most_one_in_two_minutes(world: World, phones: Phones):
    world.elena.enrolment.reply = "neutral"
    world.elena.enrolment.save()

    for seconds in (0, 30, 60, 119, 150):
        a_text(number_of(world.elena), "hola", now=NOW + timedelta(seconds=seconds))
    phones.deliver(NOW + timedelta(minutes=5))

    assert len(phones.of(number_of(world.elena))) == 2


def test_odd_time_zone_never_stands_in_the_way_of_an_alert(world: World):
    Person.objects.filter(pk=world.elena.pk).update(time_zone="Nowhere/Land")
    world.elena.enrolment.reply = "neutral"
    world.elena.enrolment.save()

    message = a_text(number_of(world.elena), "girasol")

    assert message.alert is not None
