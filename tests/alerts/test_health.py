import pytest
from django.test import Client
from django.utils import timezone

from alerts.rules.readiness import SWEEPS, WORKERS
from protection.models import Heartbeat

PARTS = (*SWEEPS, *WORKERS, "watchman")


@pytest.fixture
def alive(db: None) -> None:
    for name in PARTS:
        Heartbeat.objects.beat(name, timezone.now())


def test_healthz_needs_nothing(client: Client):
    assert client.get("/healthz").status_code == 200


def test_readyz_is_ready_when_every_part_was_seen(client: Client, alive: None):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert {"database", "broker", "workers", "last_sweep", "provider"} <= (
        answer.json().keys()
    )
    assert answer.json()["last_sweep"]["age_seconds"] < 5


@pytest.mark.parametrize("name", PARTS)
def test_readyz_names_a_part_that_was_never_seen(
    client: Client, alive: None, name: str
):
    Heartbeat.objects.filter(name=name).delete()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert f"never seen: {name}" in answer.content.decode()


def test_readyz_says_when_the_broker_is_gone(client: Client, alive: None, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["broker"]["ok"]) == (503, False)
