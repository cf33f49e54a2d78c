"""Delivery receipts: late, twice, out of order, forged."""

from itertools import permutations

import pytest

from alerts.models import DeliveryReceipt, OutboundAttempt, OutboundMessage
from protection.models import ContactMethod
from tests.alerts.conftest import Post, sign
from tests.conftest import Phones
from tests.factories import a_text, go_on, number_of
from tests.personas import World


@pytest.fixture
def attempt(world: World, phones: Phones) -> OutboundAttempt:
    a_text(number_of(world.elena), "girasol")
    go_on()
    phones.deliver()
    return OutboundAttempt.objects.get()


def path(attempt: OutboundAttempt) -> str:
    return f"/alerts/twilio/status/{attempt.token}/"


def receipt(attempt: OutboundAttempt, status: str, **more: str) -> dict[str, str]:
    from django.conf import settings

    return {
        "MessageSid": attempt.provider_sid or "SM1",
        "SmsSid": attempt.provider_sid or "SM1",
        "MessageStatus": status,
        "SmsStatus": status,
        "To": "+520020000001",
        "From": "+520000000000",
        "AccountSid": settings.TWILIO_ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        **more,
    }


def status_now() -> str:
    return OutboundMessage.objects.get().status


def test_receipt_is_stored_and_answered(attempt: OutboundAttempt, post: Post):
    answer = post(receipt(attempt, "delivered"), path=path(attempt))

    assert (answer.status_code, answer.content) == (204, b"")
    assert status_now() == "delivered"
    assert DeliveryReceipt.objects.get().status == "delivered"


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
def test_receipts_in_any_order_and_twice_end_the_same(
    attempt: OutboundAttempt, post: Post, order: tuple[str, ...]
):
    for status in (*order, *order):
        post(receipt(attempt, status), path=path(attempt))

    assert status_now() == "delivered"
    assert DeliveryReceipt.objects.count() == 3


@pytest.mark.parametrize("signature", [None, "", "wrong"])
def test_forged_receipt_changes_nothing(
    attempt: OutboundAttempt, post: Post, signature: str | None
):
    answer = post(
        receipt(attempt, "delivered"), path=path(attempt), signature=signature
    )

    assert answer.status_code == 403
    assert status_now() == "queued"


def test_receipt_signed_for_another_attempt_changes_nothing(
    attempt: OutboundAttempt, post: Post
):
    fields = receipt(attempt, "delivered")
    elsewhere = sign("/alerts/twilio/status/other/", fields)

    answer = post(fields, path=path(attempt), signature=elsewhere)

    assert answer.status_code == 403


def test_unknown_token_is_answered_and_logged(
    attempt: OutboundAttempt, post: Post, caplog: pytest.LogCaptureFixture
):
    answer = post(receipt(attempt, "delivered"), path="/alerts/twilio/status/unknown/")

    assert answer.status_code == 204
    assert caplog.messages == ["A signed receipt names no attempt of ours."]


def test_failure_is_kept_with_its_code(attempt: OutboundAttempt, post: Post):
    post(receipt(attempt, "undelivered", ErrorCode="30005"), path=path(attempt))

    message = OutboundMessage.objects.get()
    method = ContactMethod.objects.get(pk=message.method_id)
    assert (message.status, message.error_code) == ("undelivered", 30005)
    assert method.bad_code == 30005


@pytest.mark.parametrize("word", ["", "nonsense", "<script>", "delivered' OR 1=1"])
def test_odd_status_words_do_no_harm(attempt: OutboundAttempt, post: Post, word: str):
    answer = post(receipt(attempt, word, ErrorCode="x1"), path=path(attempt))

    assert answer.status_code == 204
    assert status_now() == "queued"
