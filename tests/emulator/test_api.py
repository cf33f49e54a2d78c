"""The Messages API through Twilio's official client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from .support import (
    ACCOUNT,
    API_KEY,
    API_SECRET,
    ELENA,
    OWN,
    OWN_2,
    SERVICE,
    Emulator,
    twilio_client,
    until,
)

FIELDS = {
    *("account_sid", "api_version", "body", "date_created", "date_sent"),
    *("date_updated", "direction", "error_code", "error_message", "from"),
    *("messaging_service_sid", "num_media", "num_segments", "price", "price_unit"),
    *("sid", "status", "subresource_uris", "to", "uri"),
}


def code_of(create: Any, **values: Any) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as caught:
        create(**values)
    return caught.value.status, caught.value.code


def test_create_answers_queued_and_delivers(
    emulator: Emulator, client: Client, send: Any
) -> None:
    message = send(body="Recibido 14:05. Ref 4417.")
    assert (message.status, message.direction) == ("queued", "outbound-api")
    assert (message.from_, message.to, message.num_segments) == (OWN_2, ELENA, "1")
    until(lambda: client.messages(message.sid).fetch().status == "delivered")
    assert [e["text"] for e in emulator.received()] == ["Recibido 14:05. Ref 4417."]


def test_create_json_has_every_field_of_the_resource(emulator: Emulator) -> None:
    answer = requests.post(
        f"{emulator.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        data={"To": ELENA, "From": OWN, "Body": "x"},
        auth=(API_KEY, API_SECRET),
        timeout=10,
    )
    assert answer.status_code == 201
    assert set(answer.json()) == FIELDS
    assert answer.json()["date_created"].endswith("+0000")


def test_create_with_service_is_accepted_without_sender_or_segments(
    client: Client, send: Any
) -> None:
    message = send(from_=None, messaging_service_sid=SERVICE)
    assert (message.status, message.num_segments) == ("accepted", "0")
    assert message.from_ is None
    done = until(lambda: finished(client, message.sid))
    assert (done.from_, done.num_segments) == (OWN, "1")


def finished(client: Client, sid: str) -> Any:
    message = client.messages(sid).fetch()
    return message if message.status in {"delivered", "undelivered", "failed"} else None


def test_api_key_signs_in(emulator: Emulator) -> None:
    client = twilio_client(emulator, API_KEY, API_SECRET)
    assert client.messages.list() == []
    client.http_client.session.close()


@pytest.mark.parametrize(
    ("login", "password"), [(ACCOUNT, "wrong"), (API_KEY, "wrong"), ("AC1", "x")]
)
def test_wrong_credentials_are_refused(
    emulator: Emulator, login: str, password: str
) -> None:
    client = twilio_client(emulator, login, password)
    assert code_of(client.messages("SM" + "0" * 32).fetch) == (401, 20003)
    client.http_client.session.close()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"to": "5512345678"}, 21211),
        ({"to": "+911"}, 21211),
        ({"to": OWN}, 21211),
        ({"to": "+34600000000"}, 21408),
        ({"to": "+520000002161"}, 21614),
        ({"to": "+520000002163"}, 21635),
        ({"from_": "+520099999999"}, 21606),
        ({"from_": "ALERTA"}, 21212),
        ({"from_": None}, 21603),
        ({"from_": None, "messaging_service_sid": "MG" + "9" * 32}, 21703),
        ({"from_": OWN_2, "messaging_service_sid": SERVICE}, 21606),
        ({"from_": f"whatsapp:{OWN}"}, 21910),
        ({"status_callback": "http://example.org/cb"}, 21609),
        ({"status_callback": "ftp://127.0.0.1/cb"}, 21609),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
    ],
)
def test_create_refuses_with_code(
    emulator: Emulator, send: Any, values: dict[str, Any], code: int
) -> None:
    emulator.settings(bad_numbers={"+520000002161": 21614, "+520000002163": 21635})
    assert code_of(send, **values) == (400, code)
    assert emulator.get("messages") == {"messages": []}


def test_validation_asks_in_order(emulator: Emulator, send: Any) -> None:
    wrong = {"to": "+34600000000", "from_": "+520099999999", "body": ""}
    assert code_of(send, **wrong)[1] == 21408
    emulator.settings(country_prefixes=["+34"], bad_numbers={"+34600000000": 21614})
    assert code_of(send, **wrong)[1] == 21614
    emulator.settings(bad_numbers={})
    assert code_of(send, **wrong)[1] == 21606
    assert code_of(send, **{**wrong, "from_": OWN_2})[1] == 21602


def test_bad_number_with_a_carrier_code_fails_later(
    emulator: Emulator, client: Client, send: Any
) -> None:
    emulator.settings(bad_numbers={ELENA: 30003})
    sid = send().sid
    done = until(lambda: finished(client, sid))
    assert (done.status, done.error_code) == ("undelivered", 30003)
    assert emulator.received() == []


def test_body_of_1600_characters_is_accepted(send: Any) -> None:
    assert send(body="x" * 1600).num_segments == "11"


def test_list_is_newest_first_and_pages(client: Client, send: Any) -> None:
    sids = [send(body=f"n {i}").sid for i in range(7)]
    listed = client.messages.list(page_size=3)
    assert [m.sid for m in listed] == sids[::-1]
    page = client.messages.page(page_size=3)
    assert [m.sid for m in page] == sids[:3:-1]
    assert page.next_page_url is not None


def test_list_page_is_not_shifted_by_new_messages(client: Client, send: Any) -> None:
    sids = [send().sid for _ in range(4)]
    page = client.messages.page(page_size=2)
    send()
    following = page.next_page()
    assert following is not None
    assert [m.sid for m in following] == [sids[1], sids[0]]


def test_list_filters_by_numbers_and_dates(client: Client, send: Any) -> None:
    first, other = send(), send(to="+520011110000")
    today, now = datetime.now(UTC).date(), datetime.now(UTC)
    assert [m.sid for m in client.messages.list(to=ELENA)] == [first.sid]
    assert len(client.messages.list(from_=OWN_2)) == 2
    assert client.messages.list(from_=OWN) == []
    day = timedelta(days=1)
    assert len(client.messages.list(date_sent=str(today))) == 2
    assert client.messages.list(date_sent=str(today - day)) == []
    assert len(client.messages.list(date_sent_after=now - day)) == 2
    assert client.messages.list(date_sent_after=now + day) == []
    assert client.messages.list(date_sent_before=now - day) == []
    assert {m.sid for m in client.messages.list(date_sent_before=now + day)} == {
        first.sid,
        other.sid,
    }


def test_list_lag_hides_new_messages_but_not_from_fetch(
    emulator: Emulator, client: Client, send: Any
) -> None:
    emulator.settings(list_lag_seconds=900)
    sid = send().sid
    assert client.messages.list() == []
    assert client.messages(sid).fetch().sid == sid
    emulator.settings(list_lag_seconds=0)
    assert [m.sid for m in client.messages.list()] == [sid]


def test_update_with_empty_body_redacts(client: Client, send: Any) -> None:
    sid = send(body="secreto").sid
    until(lambda: finished(client, sid))
    assert client.messages(sid).update(body="").body == ""
    assert client.messages(sid).fetch().body == ""


def test_delete_removes_and_then_is_not_found(
    emulator: Emulator, client: Client, send: Any
) -> None:
    sid = send().sid
    until(lambda: finished(client, sid))
    assert client.messages(sid).delete() is True
    assert code_of(client.messages(sid).fetch) == (404, 20404)
    assert client.messages.list() == []
    assert len(emulator.received()) == 1


def test_delete_refuses_what_has_not_left(
    emulator: Emulator, client: Client, send: Any
) -> None:
    emulator.settings(delays=60)
    assert code_of(client.messages(send().sid).delete) == (409, 20009)


def test_cancel_stops_a_queued_message(
    emulator: Emulator, client: Client, send: Any
) -> None:
    emulator.settings(delays={"queued": 60, "sending": 60})
    sid = send().sid
    assert client.messages(sid).update(status="canceled").status == "canceled"
    assert emulator.received() == []


def test_cancel_refuses_a_delivered_message(client: Client, send: Any) -> None:
    sid = send().sid
    until(lambda: finished(client, sid))
    cancel = client.messages(sid).update
    assert code_of(cancel, status="canceled") == (409, 30409)


def test_scheduled_message_waits_and_can_be_canceled(
    emulator: Emulator, client: Client, send: Any
) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    plan = {"schedule_type": "fixed", "send_at": later}
    message = send(from_=None, messaging_service_sid=SERVICE, **plan)
    assert message.status == "scheduled"
    assert client.messages(message.sid).update(status="canceled").status == "canceled"
    assert emulator.received() == []
    assert code_of(send, **plan) == (400, 35118)


def test_scheduled_message_leaves_at_its_time(
    emulator: Emulator, client: Client, send: Any
) -> None:
    emulator.settings(schedule_min_seconds=0)
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    message = send(
        from_=None,
        messaging_service_sid=SERVICE,
        schedule_type="fixed",
        send_at=soon.replace(microsecond=0) + timedelta(seconds=1),
    )
    assert message.status == "scheduled"
    until(lambda: finished(client, message.sid))
    assert len(emulator.received()) == 1


def test_unknown_path_answers_twilio_json(emulator: Emulator) -> None:
    answer = requests.get(
        f"{emulator.url}/2010-04-01/Accounts/{ACCOUNT}/Faxes.json", timeout=10
    )
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)
