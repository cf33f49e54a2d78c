from collections.abc import Callable

import pytest
from hypothesis import settings as hypothesis_settings

from protection.rules import sealing
from tests.factories import a_municipality, a_state

# Examples are told by the property, not by the clock of a busy machine.
hypothesis_settings.register_profile("resguardo", deadline=None)
hypothesis_settings.load_profile("resguardo")


@pytest.fixture
def unsealed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The contexts of all values opened from now on, in order."""
    opened: list[str] = []
    original: Callable[..., bytes] = sealing.unseal

    def counting(value: bytes, **named: object) -> bytes:
        opened.append(str(named["context"]))
        return original(value, **named)

    monkeypatch.setattr(sealing, "unseal", counting)
    return opened


@pytest.fixture
def places(db: None) -> None:
    a_municipality("30087", "Xalapa")
    a_municipality("30193", "Veracruz")
    a_state("02", "Baja California")
