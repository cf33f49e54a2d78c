"""What the local system's processes are told: given variables first, then our own."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from config.environment import Environment
from config.local.places import Places, Refused

MARK = "RESGUARDO_INSTANCE"  # in the environment of every process that we start
TEST_NUMBER = "+520000000000"  # of the range that no real network routes


@dataclass(frozen=True)
class Plan:
    """Which parts are ours, decided once from the variables that were given."""

    given: Mapping[str, str]
    port: int
    emulator_port: int

    @classmethod
    def from_environment(cls, given: Mapping[str, str]) -> "Plan":
        return cls(
            given, _port(given, "PORT", 8000), _port(given, "EMULATOR_PORT", 4010)
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def emulator_address(self) -> str:
        return f"http://127.0.0.1:{self.emulator_port}"

    @property
    def own_database(self) -> bool:
        return not self._gives("DATABASE_URL")

    @property
    def own_broker(self) -> bool:
        return not self._gives("REDIS_URL")

    @property
    def own_emulator(self) -> bool:
        """Unless a provider was given: the real one, or somebody else's emulator."""
        base = self.given.get("TWILIO_API_BASE_URL", "").rstrip("/")
        return base == self.emulator_address or not self._names_a_provider

    @property
    def real_provider(self) -> bool:
        return self._names_a_provider and not self._gives("TWILIO_API_BASE_URL")

    @property
    def demo(self) -> bool:
        """Invented people only where no text can reach a real one."""
        base = urlsplit(self.given.get("TWILIO_API_BASE_URL", ""))
        return self.own_emulator or base.hostname in {"127.0.0.1", "localhost", "::1"}

    @property
    def _names_a_provider(self) -> bool:
        return any(
            name.startswith("TWILIO_") and value for name, value in self.given.items()
        )

    def _gives(self, name: str) -> bool:
        return bool(self.given.get(name) or self.given.get(f"{name}_FILE"))

    def environment(
        self, places: Places, keys: Mapping[str, str], servers: Mapping[str, str]
    ) -> dict[str, str]:
        """The whole environment of the processes; what was given always wins."""
        own = {
            **_without(keys, "TWILIO_" if self.real_provider else None),
            **servers,
            **self._addresses(),
            **({} if self.real_provider else self._test_provider()),
        }
        missing = {name: value for name, value in own.items() if not self._gives(name)}
        return {
            **self.given,
            **missing,
            "PYTHONUNBUFFERED": "1",
            "STATIC_ROOT": self.given.get("STATIC_ROOT") or str(places.var / "static"),
            MARK: str(places.var),
        }

    def _addresses(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PUBLIC_BASE_URL": self.address,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
        }

    def _test_provider(self) -> dict[str, str]:
        return {
            "TWILIO_API_BASE_URL": self.emulator_address,
            "TWILIO_FROM_NUMBER": TEST_NUMBER,
            "TWILIO_INTAKE_NUMBERS": TEST_NUMBER,
        }


def emulator_environment(
    places: Places, plan: Plan, environment: Mapping[str, str]
) -> dict[str, str]:
    """What the emulator is told; the account may stand in files, as everywhere."""

    def value(name: str) -> str:
        return Environment(environment).text(name, purpose="", default="")

    numbers = (value("TWILIO_FROM_NUMBER"), value("TWILIO_INTAKE_NUMBERS"))
    base = value("PUBLIC_BASE_URL").rstrip("/")
    return {
        "EMULATOR_PORT": str(plan.emulator_port),
        "EMULATOR_ACCOUNT_SID": value("TWILIO_ACCOUNT_SID"),
        "EMULATOR_AUTH_TOKEN": value("TWILIO_AUTH_TOKEN"),
        "EMULATOR_INBOUND_URL": f"{base}/alerts/twilio/inbound/",
        "EMULATOR_OWN_NUMBERS": ",".join(dict.fromkeys(filter(None, numbers))),
        "EMULATOR_CAST": "alerts/data/demo/phones.json",
        "EMULATOR_STATE_DIR": str(places.var / "emulator"),
    }


def _without(keys: Mapping[str, str], prefix: str | None) -> dict[str, str]:
    return {
        name: value
        for name, value in keys.items()
        if prefix is None or not name.startswith(prefix)
    }


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Refused(f"{name} must be a port number between 1 and 65535.")
    return int(text)
