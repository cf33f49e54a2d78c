"""The whole system as `make run` starts it, used only through its outside names."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from config.local.supervision import Supervisor
from tests.local.conftest import LocalSystem
from tests.servers import wait_until

PEOPLE = 30


@dataclass
class Town:
    """The running system, its emulator and an API token."""

    system: LocalSystem
    token: str
    people: list[str] = field(default_factory=list)  # numbers of enrolled journalists

    def emulator(self, method: str, path: str, body: Any = None) -> Any:
        port = self.system.emulator_port
        return _ask(method, f"http://127.0.0.1:{port}/_emulator/{path}", body)

    def text(self, sender: str, body: str, **more: Any) -> dict[str, Any]:
        """A handset texts our number; returns what the webhook answered."""
        answer: dict[str, Any] = self.emulator(
            "POST", "inbound", {"from": sender, "body": body, **more}
        )
        return answer

    def received(self, number: str) -> list[str]:
        """What a handset received, in order."""
        quoted = number.replace("+", "%2B")
        entries = self.emulator("GET", f"ledger?to={quoted}")["entries"]
        return [entry["text"] for entry in entries]

    def api(self, path: str) -> Any:
        address = f"http://127.0.0.1:{self.system.port}/api/v1/{path}"
        return _ask("GET", address, token=self.token)

    def alerts_of(self, person: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api(f"alerts/?person={person}")["results"]
        return found

    @contextmanager
    def without(self, *names: str) -> Iterator[None]:
        """These programs are down; they come back in the reverse order."""
        supervisor = Supervisor(self.system.places, [])
        full = {
            one["name"]: f"{one['group']}:{one['name']}"
            for one in supervisor._call("getAllProcessInfo")
        }
        for name in names:
            supervisor._call("stopProcess", full[name])
        try:
            yield
        finally:
            for name in reversed(names):
                supervisor._call("startProcess", full[name])

    def quiet(self, seconds: float = 90) -> None:
        """Wait until nothing waits to leave and no receipt is under way."""
        waiting = ("pending", "submitting", "unknown")

        def all_left() -> bool:
            runs = self.api("alerts/?status=new")["results"]
            if any(not alert["escalation"]["step"] for alert in runs):
                return False  # its first step has not been carried out
            left = [self.api(f"messages/?status={word}")["results"] for word in waiting]
            return not any(left) and self.emulator("GET", "stats")["active"] == 0

        wait_until(all_left, seconds, "every text to have left")


def _ask(method: str, address: str, body: Any = None, token: str = "") -> Any:
    request = urllib.request.Request(
        address,
        method=method,
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Content-Type": "application/json"}
        | ({"Authorization": f"Bearer {token}"} if token else {}),
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    directory = tmp_path_factory.mktemp("town")
    system = LocalSystem(directory)
    system.start_ready()
    numbers = _import_people(system, directory / "people.csv")
    issued = system.manage(
        "issue_token", "acceptance", "--scopes", "alerts:read", "messages:read"
    )
    assert issued.returncode == 0, issued.stderr
    yield Town(system, issued.stdout.splitlines()[-1], numbers)
    system.end()


def _import_people(system: LocalSystem, file: Path) -> list[str]:
    """Journalists of no particular place: only the federal mechanism covers them."""
    numbers = [f"+52003000{number:04d}" for number in range(PEOPLE)]
    lines = ["code,phone,alert_word"]
    lines += [f"P-T{n},{number},cenzontle" for n, number in enumerate(numbers)]
    file.write_text("\n".join(lines), encoding="utf-8")
    done = system.manage("import_people", str(file))
    assert done.returncode == 0, done.stderr
    return numbers


@pytest.fixture
def code_in() -> Callable[[str], str]:
    """The reference a text carries."""

    def read(text: str) -> str:
        return text.split("Ref ")[1][:4]

    return read
