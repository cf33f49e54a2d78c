"""Faults, opt-outs and the journal: where double and lost sends come from."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from .support import (
    ELENA,
    OWN,
    OWN_2,
    SERVICE,
    Emulator,
    Receiver,
    twilio_client,
    until,
)


def code_of(create: Any, **values: Any) -> int:
    with pytest.raises(TwilioRestException) as caught:
        create(**values)
    return int(caught.value.status)


def texts(emulator: Emulator) -> list[str]:
    emulator.idle()
    return [entry["text"] for entry in emulator.received()]


def test_429_refuses_n_calls_and_sends_nothing(emulator: Emulator, send: Any) -> None:
    emulator.post("faults", {"kind": "429", "times": 2, "retry_after": 7})
    assert [code_of(send), code_of(send)] == [429, 429]
    send(body="tercera")
    assert texts(emulator) == ["tercera"]
    assert emulator.get("stats")["create_calls"] == 3
    assert emulator.get("stats")["create_outcomes"] == {"20429": 2, "201": 1}


def test_429_tells_when_to_come_back(emulator: Emulator) -> None:
    emulator.post("faults", {"kind": "429", "retry_after": 7})
    client = twilio_client(emulator)
    url = f"/2010-04-01/Accounts/{client.account_sid}/Messages.json"
    answer = client.request(
        "POST",
        f"https://api.twilio.com{url}",
        data={"To": ELENA, "From": OWN, "Body": "x"},
    )
    client.http_client.session.close()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_500_before_sends_nothing(emulator: Emulator, send: Any) -> None:
    emulator.post("faults", {"kind": "500_before"})
    assert code_of(send) == 500
    assert texts(emulator) == []


def test_500_after_accept_sends_all_the_same(emulator: Emulator, send: Any) -> None:
    emulator.post("faults", {"kind": "500_after_accept"})
    assert code_of(send) == 500
    assert texts(emulator) == ["Prueba"]


@pytest.mark.parametrize(
    ("kind", "expected"), [("timeout_before", 0), ("timeout_after_accept", 1)]
)
def test_timeout_leaves_the_client_without_an_answer(
    emulator: Emulator, kind: str, expected: int
) -> None:
    emulator.post("faults", {"kind": kind, "seconds": 1.5})
    client = twilio_client(emulator, timeout=0.4)
    with pytest.raises(requests.exceptions.ReadTimeout):
        client.messages.create(to=ELENA, from_=OWN_2, body="uno")
    client.http_client.session.close()
    if expected:
        until(lambda: emulator.received())
    assert len(emulator.received()) == expected


def test_timeout_drops_the_connection_in_the_end(emulator: Emulator, send: Any) -> None:
    emulator.post("faults", {"kind": "timeout_after_accept", "seconds": 0.3})
    with pytest.raises(requests.exceptions.ConnectionError):
        send()
    assert texts(emulator) == ["Prueba"]


def test_reset_after_accept_sends_all_the_same(emulator: Emulator, send: Any) -> None:
    emulator.post("faults", {"kind": "reset_after_accept"})
    with pytest.raises(requests.exceptions.ConnectionError):
        send()
    assert texts(emulator) == ["Prueba"]


def test_slow_answers_late_but_well(emulator: Emulator, send: Any) -> None:
    emulator.post("faults", {"kind": "slow", "seconds": 0.5})
    started = time.monotonic()
    assert send().status == "queued"
    assert time.monotonic() - started >= 0.5


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"code": 30003}, "undelivered"),
        ({"code": 30036}, "failed"),
        ({"code": 30008, "status": "failed"}, "failed"),
        ({"code": 99999}, "undelivered"),
    ],
)
def test_async_error_ends_the_journey(
    emulator: Emulator, client: Client, send: Any, fault: dict[str, Any], status: str
) -> None:
    emulator.post("faults", {"kind": "async_error", **fault})
    sid = send().sid
    assert texts(emulator) == []
    message = client.messages(sid).fetch()
    assert (message.status, message.error_code) == (status, fault["code"])


def test_stuck_sent_stays_sent(emulator: Emulator, client: Client, send: Any) -> None:
    emulator.post("faults", {"kind": "stuck_sent"})
    sid = send().sid
    assert texts(emulator) == ["Prueba"]
    assert client.messages(sid).fetch().status == "sent"


def test_account_suspended_refuses_everything_until_lifted(
    emulator: Emulator, client: Client, send: Any
) -> None:
    emulator.post("faults", {"kind": "account_suspended"})
    assert [code_of(send), code_of(client.messages("SM1").fetch)] == [401, 401]
    assert emulator.control("DELETE", "faults").json() == {"removed": 1}
    assert send().status == "queued"


def test_fault_matches_recipient_body_and_place(emulator: Emulator, send: Any) -> None:
    emulator.post("faults", {"kind": "429", "to": "+520011110000", "times": None})
    emulator.post("faults", {"kind": "500_before", "body_contains": "girasol"})
    emulator.post("faults", {"kind": "500_before", "skip": 1, "to": ELENA})
    assert send().status == "queued"
    assert code_of(send, to="+520011110000") == 429
    assert code_of(send, body="GIRASOL girasol 3") == 500
    assert code_of(send) == 500
    assert send().status == "queued"


def test_fault_of_each_sort_meet_in_one_call(
    emulator: Emulator, client: Client, send: Any
) -> None:
    emulator.post("faults", {"kind": "500_after_accept"})
    emulator.post("faults", {"kind": "async_error", "code": 30005})
    assert code_of(send) == 500
    emulator.idle()
    assert [m.error_code for m in client.messages.list()] == [30005]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "x"},
        {"kind": "429", "times": "2"},
        {"kind": "429", "n": 2},
        {"kind": "slow", "seconds": -1},
        {"kind": "async_error", "status": "sent"},
    ],
)
def test_fault_that_makes_no_sense_is_refused(emulator: Emulator, body: Any) -> None:
    assert emulator.control("POST", "faults", json=body).status_code == 400
    assert emulator.get("faults") == {"faults": []}


def test_optout_of_a_number_refuses_at_once(emulator: Emulator, send: Any) -> None:
    emulator.post("inbound", {"from": ELENA, "to": OWN_2, "body": "STOP"})
    with pytest.raises(TwilioRestException) as caught:
        send()
    assert caught.value.code == 21610
    assert send(from_=OWN).status == "queued"
    emulator.post("inbound", {"from": ELENA, "to": OWN_2, "body": "Unstop"})
    assert send().status == "queued"


def test_optout_of_a_service_fails_later(
    emulator: Emulator, client: Client, send: Any
) -> None:
    emulator.post("inbound", {"from": ELENA, "to": OWN, "body": "stop"})
    message = send(from_=None, messaging_service_sid=SERVICE)
    assert message.status == "accepted"
    emulator.idle()
    after = client.messages(message.sid).fetch()
    assert (after.status, after.error_code) == ("failed", 21610)
    assert [e["kind"] for e in emulator.received()] == ["auto-reply"]


def test_optout_can_be_set_by_hand(emulator: Emulator, send: Any) -> None:
    emulator.post("optout", {"number": ELENA, "blocked": True})
    assert code_of(send) == 400
    emulator.post("optout", {"number": ELENA, "blocked": False})
    assert send().status == "queued"


def test_pii_scan_ignores_case_and_accents(emulator: Emulator, send: Any) -> None:
    send(body="Aviso de la Señora PEÑA en Mérida")
    emulator.idle()
    hits = emulator.get("pii_scan", word=["pena", "merida", "Oaxaca"])["hits"]
    assert [hit["word"] for hit in hits] == ["pena", "merida"]
    assert hits[0]["to"] == ELENA


def test_ledger_goes_on_from_an_index(emulator: Emulator, send: Any) -> None:
    send(body="uno")
    emulator.idle()
    after = emulator.get("ledger")["next_index"]
    send(body="dos", to="+520011110000")
    emulator.idle()
    entries = emulator.get("ledger", since_index=after)["entries"]
    assert [e["text"] for e in entries] == ["dos"]


@pytest.mark.parametrize(
    "change",
    [
        {"delays": -1},
        {"callback_profile": "x"},
        {"nope": 1},
        {"list_lag_seconds": "1"},
        {"callback_copies": 0},
        {"bad_numbers": {"+52": "x"}},
        {"country_prefixes": "+"},
    ],
)
def test_settings_refuse_a_wrong_value_and_keep_all(
    emulator: Emulator, change: dict[str, Any]
) -> None:
    before = emulator.get("settings")
    mixed = {"schedule_min_seconds": 5, **change}
    assert emulator.control("PATCH", "settings", json=mixed).status_code == 400
    assert emulator.get("settings") == before


def test_journal_survives_kill_and_finishes_what_was_accepted(
    tmp_path: Path, receiver: Receiver
) -> None:
    arguments = ("--state-dir", str(tmp_path), "--seed", "7")
    first = Emulator(*arguments, inbound_url=f"{receiver.url}/in/")
    first.settings(delays=0)
    client = twilio_client(first)
    done = client.messages.create(to=ELENA, from_=OWN, body="entregado").sid
    until(lambda: first.received())
    first.post("inbound", {"from": ELENA, "body": "STOP"})
    first.settings(delays={"sending": 60})
    other = "+520011110000"
    callback = f"{receiver.url}/cb/"
    waiting = client.messages.create(
        to=other, from_=OWN, body="en camino", status_callback=callback
    ).sid
    client.http_client.session.close()
    first.kill()
    with (tmp_path / "journal.jsonl").open("a") as journal:
        journal.write('{"op": "message", "mess')

    second = Emulator(*arguments, inbound_url=f"{receiver.url}/in/")
    client = twilio_client(second)
    assert {done, waiting} <= {m.sid for m in client.messages.list()}
    until(lambda: client.messages(waiting).fetch().status == "delivered")
    assert [e["text"] for e in second.received(other)] == ["en camino"]
    assert second.received()[0]["text"] == "entregado"
    until(lambda: receiver.statuses() == ["sent", "delivered"])
    assert code_of(client.messages.create, to=ELENA, from_=OWN, body="no") == 400
    new = client.messages.create(to=other, from_=OWN, body="otra").sid
    assert new not in {done, waiting}
    client.http_client.session.close()
    assert second.stop() == 0


def test_journal_is_readable_by_its_owner_only(
    tmp_path: Path, receiver: Receiver
) -> None:
    emulator = Emulator("--state-dir", str(tmp_path), inbound_url=receiver.url)
    assert (tmp_path / "journal.jsonl").stat().st_mode & 0o077 == 0
    emulator.stop()


def test_seed_repeats_the_sids(receiver: Receiver) -> None:
    seen = []
    for _ in range(2):
        emulator = Emulator("--seed", "11", inbound_url=receiver.url)
        answer = emulator.post("inbound", {"from": ELENA, "body": "x"})
        seen.append(answer["sid"])
        emulator.stop()
    assert seen[0] == seen[1]
