"""A handset texts in: the form, the signature, and what is done with the answer."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from twilio.rest import Client

from .support import ACCOUNT, ELENA, OWN, OWN_2, SERVICE, Emulator, Receiver, until

BLANK = [
    f"{side}{part}" for side in ("To", "From") for part in ("State", "City", "Zip")
]


def test_inbound_posts_the_documented_form(
    emulator: Emulator, receiver: Receiver
) -> None:
    answer = emulator.post("inbound", {"from": ELENA, "body": " ayuda ñ😀 \n"})
    (request,) = receiver.requests
    assert request.is_signed()
    assert request.headers["i-twilio-idempotency-token"]
    assert request.form == {
        "MessageSid": answer["sid"],
        "SmsSid": answer["sid"],
        "SmsMessageSid": answer["sid"],
        "SmsStatus": "received",
        "AccountSid": ACCOUNT,
        "MessagingServiceSid": SERVICE,
        "From": ELENA,
        "To": OWN,
        "Body": " ayuda ñ😀 \n",
        "NumMedia": "0",
        "NumSegments": "1",
        "ApiVersion": "2010-04-01",
        "ToCountry": "MX",
        "FromCountry": "MX",
        **dict.fromkeys(BLANK, ""),
    }
    assert (answer["status_code"], len(answer["deliveries"])) == (200, 1)


def test_inbound_is_listable(emulator: Emulator, client: Client) -> None:
    sid = emulator.post("inbound", {"from": ELENA, "to": OWN_2, "body": "hola"})["sid"]
    (message,) = client.messages.list(to=OWN_2)
    assert (message.sid, message.direction) == (sid, "inbound")
    assert (message.status, message.body, message.from_) == ("received", "hola", ELENA)


def test_inbound_outside_the_service_names_no_service(
    emulator: Emulator, receiver: Receiver
) -> None:
    emulator.post("inbound", {"from": ELENA, "to": OWN_2, "body": "hola"})
    assert "MessagingServiceSid" not in receiver.requests[0].form


def test_inbound_not_delivered_is_still_listable(
    emulator: Emulator, client: Client, receiver: Receiver
) -> None:
    emulator.post("inbound", {"from": ELENA, "body": "perdido", "deliver": False})
    assert receiver.requests == []
    assert [m.body for m in client.messages.list()] == ["perdido"]


def test_inbound_count_delivers_one_sid_in_parallel(
    emulator: Emulator, receiver: Receiver, client: Client
) -> None:
    receiver.delay = 0.3
    answer = emulator.post("inbound", {"from": ELENA, "body": "ya", "count": 20})
    assert [d["status_code"] for d in answer["deliveries"]] == [200] * 20
    assert {r.form["MessageSid"] for r in receiver.requests} == {answer["sid"]}
    assert max(d["duration_ms"] for d in answer["deliveries"]) < 3000
    assert len(client.messages.list()) == 1


def test_inbound_same_sid_is_the_same_message(
    emulator: Emulator, receiver: Receiver, client: Client
) -> None:
    body = {"from": ELENA, "body": "ya", "sid": "SM" + "a" * 32}
    emulator.post("inbound", body)
    emulator.post("inbound", body)
    assert len(receiver.requests) == 2
    assert [m.sid for m in client.messages.list()] == [body["sid"]]


@pytest.mark.parametrize(("signature", "present"), [("missing", 0), ("wrong", 1)])
def test_inbound_bad_signature_does_not_validate(
    emulator: Emulator, receiver: Receiver, signature: str, present: int
) -> None:
    emulator.post("inbound", {"from": ELENA, "body": "x", "signature": signature})
    (request,) = receiver.requests
    assert ("x-twilio-signature" in request.headers) == bool(present)
    assert not request.is_signed()


def test_inbound_overrides_account_url_and_parameters(
    emulator: Emulator, receiver: Receiver
) -> None:
    emulator.post(
        "inbound",
        {
            "from": ELENA,
            "body": "x",
            "account_sid": "AC9",
            "url": f"{receiver.url}/fallback/?q=1",
            "params": {"ErrorCode": "11200"},
        },
    )
    (request,) = receiver.requests
    assert request.url.endswith("/fallback/?q=1")
    assert (request.form["AccountSid"], request.form["ErrorCode"]) == ("AC9", "11200")
    assert request.is_signed()


def test_inbound_whatsapp_carries_channel_and_id(
    emulator: Emulator, receiver: Receiver
) -> None:
    number = "+5210012345678"
    emulator.post("inbound", {"from": number, "body": "x", "channel": "whatsapp"})
    form = receiver.requests[0].form
    assert (form["From"], form["To"]) == (f"whatsapp:{number}", f"whatsapp:{OWN}")
    assert form["WaId"] == "5210012345678"


def test_inbound_without_waiting_answers_at_once(
    emulator: Emulator, receiver: Receiver
) -> None:
    receiver.delay = 0.5
    answer = emulator.post("inbound", {"from": ELENA, "body": "x", "wait": False})
    assert set(answer) == {"sid"}
    until(lambda: emulator.get("stats")["inbound"]["ok"] == 1)


def test_inbound_webhook_failure_is_told_and_recorded(
    emulator: Emulator, receiver: Receiver
) -> None:
    receiver.answer = (503, "text/plain", "later")
    answer = emulator.post("inbound", {"from": ELENA, "body": "x"})
    assert answer["status_code"] == 503
    (entry,) = emulator.get("debugger")["entries"]
    assert (entry["kind"], entry["attempts"], entry["ok"]) == ("inbound", 1, False)
    assert entry["request"]["Body"] == "x"


def test_inbound_fragment_asks_for_retries_with_one_token(
    emulator: Emulator, receiver: Receiver
) -> None:
    receiver.answer = (500, "text/plain", "")
    url = f"{receiver.url}/in/#rc=3&rp=5xx"
    answer = emulator.post("inbound", {"from": ELENA, "body": "x", "url": url})
    assert answer["deliveries"][0]["attempts"] == 4
    tokens = {r.headers["i-twilio-idempotency-token"] for r in receiver.requests}
    assert (len(receiver.requests), len(tokens)) == (4, 1)


def test_inbound_read_time_out_is_not_retried_by_default(
    emulator: Emulator, receiver: Receiver
) -> None:
    receiver.delay = 1.0
    url = f"{receiver.url}/in/#rt=200"
    answer = emulator.post("inbound", {"from": ELENA, "body": "x", "url": url})
    (delivery,) = answer["deliveries"]
    assert (delivery["attempts"], delivery["error_code"]) == (1, 11205)
    assert 150 <= delivery["duration_ms"] < 900


def test_inbound_total_time_bounds_all_attempts(
    emulator: Emulator, receiver: Receiver
) -> None:
    receiver.delay = 1.0
    url = f"{receiver.url}/in/#rt=300&rc=5&rp=all&tt=700"
    answer = emulator.post("inbound", {"from": ELENA, "body": "x", "url": url})
    (delivery,) = answer["deliveries"]
    assert 2 <= delivery["attempts"] <= 4
    assert delivery["duration_ms"] < 1000


def test_inbound_refused_connection_is_retried_once(
    emulator: Emulator, free_port: int
) -> None:
    url = f"http://127.0.0.1:{free_port}/in/"
    answer = emulator.post("inbound", {"from": ELENA, "body": "x", "url": url})
    assert answer["status_code"] is None
    assert answer["deliveries"][0]["attempts"] == 2


def test_inbound_redirect_is_an_error_and_not_followed(
    emulator: Emulator, receiver: Receiver
) -> None:
    receiver.answer = (302, "text/plain", "")
    answer = emulator.post("inbound", {"from": ELENA, "body": "x"})
    assert answer["deliveries"][0]["error_code"] == 11200
    assert len(receiver.requests) == 1


def test_twiml_message_becomes_a_reply(
    emulator: Emulator, receiver: Receiver, client: Client
) -> None:
    xml = "<Response><Message>Uno &amp; dos</Message><Message><Body>tres</Body>"
    receiver.answer = (200, "text/xml", f"{xml}</Message></Response>")
    emulator.post("inbound", {"from": ELENA, "to": OWN_2, "body": "x"})
    entries = until(lambda: received_count(emulator, 2))
    assert {e["text"] for e in entries} == {"Uno & dos", "tres"}
    assert {(e["from"], e["kind"]) for e in entries} == {(OWN_2, "reply")}
    replies = client.messages.list(to=ELENA)
    assert {m.direction for m in replies} == {"outbound-reply"}


def received_count(emulator: Emulator, count: int) -> Any:
    entries = emulator.received()
    return entries if len(entries) == count else None


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("text/xml", "<Response><Message>", 12100),
        ("text/xml", "<Other/>", 12100),
        ("application/json", "{}", 12300),
        ("text/xml", f"<Response>{'<Message>a</Message>' * 11}</Response>", 14109),
    ],
)
def test_twiml_that_cannot_be_used_is_recorded(
    emulator: Emulator, receiver: Receiver, kind: str, body: str, code: int
) -> None:
    receiver.answer = (200, kind, body)
    emulator.post("inbound", {"from": ELENA, "body": "x"})
    (entry,) = emulator.get("debugger")["entries"]
    assert (entry["error_code"], entry["ok"]) == (code, False)
    assert emulator.received() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"from": 5},
        {"from": ELENA, "count": 0},
        {"from": ELENA, "count": 201},
        {"from": ELENA, "url": "http://example.org/"},
        {"from": ELENA, "signature": "late"},
        {"from": ELENA, "channel": "fax"},
        {"from": ELENA, "sid": "SM1"},
        {"from": ELENA, "bodi": "x"},
        {"from": ELENA, "body": "\ud83d"},
        {"from": ELENA, "params": {"a": 1}},
        [],
    ],
)
def test_inbound_refuses_with_a_sentence(
    emulator: Emulator, receiver: Receiver, body: Any
) -> None:
    answer = emulator.control("POST", "inbound", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith((".", "}"))
    assert receiver.requests == []
    assert emulator.get("messages") == {"messages": []}


@pytest.mark.parametrize("word", ["STOP", "cancel", " End "])
def test_keyword_blocks_answers_and_is_still_posted(
    emulator: Emulator, receiver: Receiver, word: str
) -> None:
    emulator.post("inbound", {"from": ELENA, "to": OWN_2, "body": word})
    (entry,) = emulator.received()
    assert (entry["kind"], entry["from"], entry["sid"]) == ("auto-reply", OWN_2, None)
    assert "unsubscribed" in entry["text"]
    assert receiver.requests[0].form["Body"] == word


@pytest.mark.parametrize("text", ["STOP K7Q2", "ALTO", "stop please", "1 K7Q2"])
def test_keyword_must_stand_alone(emulator: Emulator, send: Any, text: str) -> None:
    emulator.post("inbound", {"from": ELENA, "to": OWN_2, "body": text})
    assert send().status == "queued"


def test_keywords_can_be_switched_off(emulator: Emulator, send: Any) -> None:
    emulator.settings(optout_keywords=False)
    emulator.post("inbound", {"from": ELENA, "to": OWN_2, "body": "STOP"})
    assert send().status == "queued"


def test_control_errors_are_json(emulator: Emulator) -> None:
    url = f"{emulator.url}/_emulator/inbound"
    answer = requests.post(url, data="{", timeout=5)
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "The body must be JSON."},
    )
    assert requests.get(f"{emulator.url}/_emulator/nothing", timeout=5).json()["error"]
