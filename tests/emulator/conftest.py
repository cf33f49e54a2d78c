from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from twilio.rest import Client

from .support import (
    API_KEY,
    API_SECRET,
    ELENA,
    OWN,
    OWN_2,
    SERVICE,
    Emulator,
    Receiver,
    twilio_client,
)

CAST = [
    {
        "number": ELENA,
        "label": "Elena Rivas",
        "role": "Periodista",
        "hint": "palabra de alerta: girasol",
        "group": "Periodistas",
    },
    {"number": "+520087654321", "label": "Bruno Sosa", "group": "Guardia"},
]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs a real browser")


@pytest.fixture(scope="module")
def _receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="module")
def _emulator(
    _receiver: Receiver, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Emulator]:
    cast: Path = tmp_path_factory.mktemp("cast") / "cast.json"
    cast.write_text(json.dumps(CAST), encoding="utf-8")
    emulator = Emulator(
        "--messaging-service-sid",
        SERVICE,
        "--own-number",
        OWN_2,
        "--service-number",
        OWN,
        "--api-key",
        API_KEY,
        "--cast",
        str(cast),
        inbound_url=f"{_receiver.url}/alerts/twilio/inbound/",
        EMULATOR_API_SECRET=API_SECRET,
    )
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture
def receiver(_receiver: Receiver) -> Receiver:
    _receiver.reset()
    return _receiver


@pytest.fixture
def emulator(_emulator: Emulator, receiver: Receiver) -> Emulator:
    """Empty, quick, and with a receiver that says yes."""
    _emulator.post("reset")
    _emulator.settings(delays=0)
    receiver.reset()
    return _emulator


@pytest.fixture
def client(emulator: Emulator) -> Iterator[Client]:
    client = twilio_client(emulator)
    yield client
    client.http_client.session.close()


@pytest.fixture
def send(client: Client) -> Any:
    """Create a message from the number outside the service; what is given wins."""

    def create(**values: Any) -> Any:
        return client.messages.create(
            **{"to": ELENA, "from_": OWN_2, "body": "Prueba", **values}
        )

    return create


@pytest.fixture
def free_port() -> int:
    """A port where, a moment ago, nobody listened."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
