"""Alerts and messages for partner systems (CONTRACT section 4)."""

from datetime import timedelta

import pytest
from django.test import Client

from alerts.choices import AlertStatus
from alerts.models import Alert
from protection.models import AuditEvent
from protection.services.tokens import issue_token
from tests.conftest import Phones
from tests.factories import NOW, a_person, a_text, go_on, number_of
from tests.personas import World

ALERTS, MESSAGES = "/api/v1/alerts/", "/api/v1/messages/"


def token(*scopes: str) -> dict[str, str]:
    value = issue_token(
        name=f"t {scopes}", scopes=scopes, expires_at=None, by="test", now=NOW
    )
    return {"Authorization": f"Bearer {value}"}


@pytest.fixture
def alerts(db: None) -> dict[str, str]:
    return token("alerts:read")


@pytest.fixture
def woken(world: World, phones: Phones) -> Alert:
    a_text(number_of(world.elena), "girasol, marcador")
    go_on()
    phones.deliver()
    return Alert.objects.get()


def test_alert_has_the_fields_of_the_contract(
    client: Client, alerts: dict[str, str], woken: Alert
):
    (shown,) = client.get(ALERTS, headers=alerts).json()["results"]

    assert shown == {
        "id": str(woken.pk),
        "person": "P-ELENA",
        "candidates": [],
        "received_at": "2026-11-23T20:05:00Z",
        "raised_at": "2026-11-23T20:05:00Z",
        "source": "sms",
        "kind": "alarm",
        "severity": 4,
        "status": "new",
        "acknowledged_at": None,
        "acknowledged_by": None,
        "taken_charge_at": None,
        "taken_charge_by": None,
        "escalation": {
            "status": "running",
            "policy": "urgente v1",
            "step": 1,
            "round": 1,
            "next_due_at": "2026-11-23T20:09:00Z",
        },
    }


def test_one_alert_is_retrieved_by_its_id(
    client: Client, alerts: dict[str, str], woken: Alert
):
    answer = client.get(f"{ALERTS}{woken.pk}/", headers=alerts)

    assert (answer.status_code, answer.json()["id"]) == (200, str(woken.pk))


def test_pages_hold_fifty_and_follow_each_other(
    client: Client, alerts: dict[str, str], policies: None
):
    for number in range(60):
        person = a_person(f"P-{number}")
        a_text(number_of(person), "x", now=NOW + timedelta(seconds=number))

    first = client.get(ALERTS, headers=alerts).json()
    second = client.get(first["next"], headers=alerts).json()

    times = [row["raised_at"] for row in first["results"] + second["results"]]
    assert (len(first["results"]), len(second["results"])) == (50, 10)
    assert times == sorted(times, reverse=True)
    assert (first["previous"], second["next"]) == (None, None)


def test_list_can_be_ordered_and_filtered(
    client: Client, alerts: dict[str, str], policies: None
):
    for number in range(3):
        a_text(
            number_of(a_person(f"P-{number}")), "x", now=NOW + timedelta(hours=number)
        )
    Alert.objects.filter(person__code="P-1").update(status=AlertStatus.RESOLVED)

    def people(query: str) -> list[str]:
        results = client.get(ALERTS + query, headers=alerts).json()["results"]
        return [row["person"] for row in results]

    assert people("?ordering=-raised_at") == ["P-2", "P-1", "P-0"]
    assert people("?ordering=raised_at") == ["P-0", "P-1", "P-2"]
    assert people("?status=resolved") == ["P-1"]
    assert people("?person=P-0") == ["P-0"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_queries_for_any_length(
    client: Client,
    alerts: dict[str, str],
    policies: None,
    django_assert_num_queries,
    count: int,
):
    for number in range(count):
        a_text(number_of(a_person(f"P-{number}")), "x")

    with django_assert_num_queries(4):  # token, alerts, candidates, escalations
        client.get(ALERTS, headers=alerts)


@pytest.mark.parametrize("path", [ALERTS, MESSAGES])
def test_made_up_cursor_is_a_page_that_does_not_exist(
    client: Client, db: None, path: str
):
    both = token("alerts:read", "messages:read")

    answer = client.get(f"{path}?cursor=cD1hYmM=", headers=both)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_bad_filter_is_a_problem_document(client: Client, alerts: dict[str, str]):
    answer = client.get(f"{ALERTS}?status=nonsense", headers=alerts)

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "Bad Request"


@pytest.mark.parametrize("path", [ALERTS, MESSAGES])
def test_nothing_is_shown_without_the_scope(client: Client, woken: Alert, path: str):
    answers = [
        client.get(path).status_code,
        client.get(path, headers=token("figures:read")).status_code,
        client.get(path, headers={"Authorization": "Bearer nonsense"}).status_code,
    ]

    assert answers == [401, 403, 401]


def test_writing_is_not_possible_yet(client: Client, alerts: dict[str, str]):
    answer = client.post(ALERTS, {}, content_type="application/json", headers=alerts)

    assert answer.status_code in {403, 405}


def test_messages_in_and_out_are_one_list(client: Client, woken: Alert):
    reader = token("messages:read")

    results = client.get(MESSAGES, headers=reader).json()["results"]

    assert sorted(
        (row["direction"], row["purpose"], row["status"]) for row in results
    ) == [
        ("inbound", "alert", "processed"),
        ("outbound", "wake", "queued"),
    ]


def test_message_directions_can_be_told_apart(client: Client, woken: Alert):
    reader = token("messages:read")

    results = client.get(f"{MESSAGES}?direction=outbound", headers=reader).json()

    (row,) = results["results"]
    assert (row["direction"], row["priority"], row["attempt_count"]) == (
        "outbound",
        0,
        1,
    )
    assert row["times"]["pending"] == "2026-11-23T20:05:00Z"
    assert list(row["times"]) == ["pending", "submitting", "accepted"]


def test_numbers_and_texts_need_the_scope_people(
    client: Client, woken: Alert, world: World
):
    without = client.get(MESSAGES, headers=token("messages:read"))
    everything = token("messages:read", "people:read")
    shown = client.get(f"{MESSAGES}?direction=inbound", headers=everything)

    (row,) = shown.json()["results"]
    assert "marcador" not in without.content.decode()
    assert number_of(world.elena) not in without.content.decode()
    assert (row["number"], row["text"]) == (
        number_of(world.elena),
        "girasol, marcador",
    )


def test_reading_texts_is_audited(client: Client, woken: Alert):
    everything = token("messages:read", "people:read")

    client.get(f"{MESSAGES}?direction=inbound", headers=everything)

    event = AuditEvent.objects.get(action="messages.read")
    assert event.details == {"messages": [str(woken.messages.get().pk)]}
    assert event.actor.startswith("token:")


def test_schema_describes_both(client: Client, db: None):
    answer = client.get("/api/v1/schema/?format=json")

    paths = answer.json()["paths"]
    assert {"/api/v1/alerts/", "/api/v1/messages/"} <= paths.keys()
