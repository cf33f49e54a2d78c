"""Status callbacks: signed, complete, and in every disorder asked for."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from twilio.rest import Client

from .support import ACCOUNT, ELENA, OWN, OWN_2, SERVICE, Emulator, Receiver, until


@pytest.fixture
def callback(receiver: Receiver) -> str:
    return f"{receiver.url}/alerts/twilio/status/tok-1/?a=1&b=%C3%B1%20o"


def test_callbacks_are_signed_and_complete(
    emulator: Emulator, receiver: Receiver, send: Any, callback: str
) -> None:
    message = send(status_callback=callback, body="texto secreto")
    until(lambda: len(receiver.requests) == 2)
    emulator.idle()
    assert receiver.statuses() == ["sent", "delivered"]
    assert all(r.is_signed() and r.url == callback for r in receiver.requests)
    form = receiver.requests[1].form
    assert len(form.pop("RawDlrDoneDate")) == 10
    assert form == {
        "MessageSid": message.sid,
        "MessageStatus": "delivered",
        "SmsSid": message.sid,
        "SmsStatus": "delivered",
        "To": ELENA,
        "From": OWN_2,
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
    }


def test_callback_with_service_tells_queued_but_not_accepted(
    emulator: Emulator, receiver: Receiver, send: Any, callback: str
) -> None:
    send(from_=None, messaging_service_sid=SERVICE, status_callback=callback)
    until(lambda: len(receiver.requests) == 3)
    emulator.idle()
    assert receiver.statuses() == ["queued", "sent", "delivered"]
    assert receiver.requests[0].form["MessagingServiceSid"] == SERVICE
    assert receiver.requests[0].form["From"] == OWN


def test_initial_status_has_no_callback(
    emulator: Emulator, receiver: Receiver, send: Any, callback: str
) -> None:
    emulator.settings(delays={"sent": 60})
    message = send(status_callback=callback)
    history = until(
        lambda: [
            m["status_history"]
            for m in emulator.get("messages")["messages"]
            if m["status"] == "sending"
        ]
    )
    assert [status for status, _ in history[0]] == ["queued", "sending"]
    assert message.status == "queued"
    assert receiver.requests == []


def test_callback_url_fragment_and_password_are_not_signed(
    receiver: Receiver, send: Any
) -> None:
    with_password = receiver.url.replace("//", "//u:p@")
    send(status_callback=f"{with_password}/cb?x=1#rc=2&rp=all")
    request = until(lambda: receiver.requests[:1])[0]
    assert request.url == f"{receiver.url}/cb?x=1"
    assert request.is_signed()


def test_callback_tells_the_error_code(
    emulator: Emulator, receiver: Receiver, send: Any, callback: str
) -> None:
    emulator.post("faults", {"kind": "async_error", "code": 30003})
    send(status_callback=callback)
    until(lambda: len(receiver.requests) == 2)
    assert receiver.statuses() == ["sent", "undelivered"]
    assert receiver.requests[1].form["ErrorCode"] == "30003"
    assert "ErrorCode" not in receiver.requests[0].form


def test_canceled_message_tells_it(
    emulator: Emulator, client: Client, receiver: Receiver, send: Any, callback: str
) -> None:
    emulator.settings(delays=60)
    client.messages(send(status_callback=callback).sid).update(status="canceled")
    until(lambda: receiver.statuses() == ["canceled"])


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("missing_terminal", ["queued", "sent"]),
        ("late_sent_after_delivered", ["queued", "delivered", "sent"]),
        ("never", []),
    ],
)
def test_profile_tells_in_its_order(
    emulator: Emulator,
    receiver: Receiver,
    send: Any,
    callback: str,
    profile: str,
    expected: list[str],
) -> None:
    emulator.settings(callback_profile=profile)
    send(from_=None, messaging_service_sid=SERVICE, status_callback=callback)
    until(lambda: emulator.get("stats")["messages"].get("delivered") == 1)
    emulator.idle()
    assert receiver.statuses() == expected


def test_profile_shuffled_is_never_in_order(
    emulator: Emulator, receiver: Receiver, send: Any, callback: str
) -> None:
    emulator.settings(callback_profile="shuffled")
    for _ in range(5):
        receiver.reset()
        send(from_=None, messaging_service_sid=SERVICE, status_callback=callback)
        until(lambda: len(receiver.requests) == 3)
        assert sorted(receiver.statuses()) == ["delivered", "queued", "sent"]
        assert receiver.statuses() != ["queued", "sent", "delivered"]


def test_profile_duplicate_n_tells_each_n_times(
    emulator: Emulator, receiver: Receiver, send: Any, callback: str
) -> None:
    emulator.settings(callback_profile="duplicate_n", callback_copies=4)
    send(status_callback=callback)
    until(lambda: len(receiver.requests) == 8)
    assert Counter(receiver.statuses()) == {"sent": 4, "delivered": 4}


def test_profile_delivered_before_201_tells_before_answering(
    emulator: Emulator, receiver: Receiver, send: Any, callback: str
) -> None:
    emulator.settings(callback_profile="delivered_before_201", delays=1)
    message = send(status_callback=callback)
    assert receiver.statuses() == ["sent", "delivered"]
    assert message.status == "queued"


def test_slow_receiver_does_not_hold_up_delivery(
    emulator: Emulator, receiver: Receiver, send: Any, callback: str
) -> None:
    receiver.delay = 1.0
    send(status_callback=callback)
    until(lambda: emulator.get("stats")["messages"].get("delivered") == 1, 0.9)


def test_refused_callback_is_in_the_debugger(
    emulator: Emulator, receiver: Receiver, send: Any, callback: str
) -> None:
    receiver.answer = (500, "text/plain", "sorry")
    send(status_callback=callback)
    entries = until(lambda: emulator.get("debugger")["entries"])
    assert (entries[0]["status_code"], entries[0]["error_code"]) == (500, 11200)
    assert entries[0]["attempts"] == 1
    assert entries[0]["response_body"] == "sorry"
