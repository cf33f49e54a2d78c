"""`make bench`: how much the webhook takes, beside the least the web server can do.

Starts a system of its own as `make run` does. Every figure is a ratio to `/healthz`
measured in the same round, because machines and neighbours differ; rounds are
interleaved and their order is reversed every other time. See bench/README.md.
"""

import http.client
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.requests import Request, Signer
from config.local.places import ROOT
from tests.local.conftest import LocalSystem

CLIENTS = 8
REQUESTS = 400  # a round and point
ROUNDS = 4
PEOPLE = REQUESTS * ROUNDS


@dataclass
class Measured:
    per_second: float
    p50_ms: float
    p99_ms: float


def measure(port: int, requests: list[Request]) -> Measured:
    """Post them over kept connections; every answer must be 200."""
    waiting, took, lock = iter(requests), [], threading.Lock()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            with lock:
                request = next(waiting, None)
            if request is None:
                return connection.close()
            began = time.perf_counter()
            connection.request(
                request.method, request.path, request.body, request.headers
            )
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"{request.path} answered {answer.status}")
            with lock:
                took.append(time.perf_counter() - began)

    began = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if len(took) != len(requests):
        raise SystemExit("A client failed; there is no figure.")
    took.sort()
    return Measured(
        len(took) / seconds,
        took[len(took) // 2] * 1000,
        took[int(len(took) * 0.99)] * 1000,
    )


def points(signer: Signer) -> dict[str, Callable[[int], list[Request]]]:
    """What is asked in one round, by name."""
    same = signer.text("+520070000000", "x")
    return {
        "floor: /healthz": lambda _round: [Request("GET", "/healthz")] * REQUESTS,
        "floor again (A/A)": lambda _round: [Request("GET", "/healthz")] * REQUESTS,
        "the same message again": lambda _round: [same] * REQUESTS,
        "texts of unknown senders": lambda _round: [
            signer.text("+520070000000", "x") for _ in range(REQUESTS)
        ],
        "alerts of enrolled people, with all that follows": lambda round: [
            signer.text(number(round * REQUESTS + one), "cenzontle")
            for one in range(REQUESTS)
        ],
    }


def number(one: int) -> str:
    return f"+52006{one:07d}"


def enrol(system: LocalSystem, directory: Path) -> None:
    lines = ["code,phone,alert_word"]
    lines += [f"B-{one},{number(one)},cenzontle" for one in range(PEOPLE)]
    (directory / "people.csv").write_text("\n".join(lines), encoding="utf-8")
    done = system.manage("import_people", str(directory / "people.csv"))
    if done.returncode:
        raise SystemExit(done.stderr)


def settle(system: LocalSystem) -> None:
    """Let what an alert sets in motion come to rest before the next point."""
    connection = http.client.HTTPConnection("127.0.0.1", system.emulator_port)
    quiet_since = time.monotonic()
    last = -1
    while time.monotonic() - quiet_since < 2:
        connection.request("GET", "/_emulator/stats")
        calls = json.load(connection.getresponse())["api_calls"]
        if calls != last:
            last, quiet_since = calls, time.monotonic()
        time.sleep(0.2)
    connection.close()


def rounds(system: LocalSystem, signer: Signer) -> dict[str, list[Measured]]:
    found: dict[str, list[Measured]] = {name: [] for name in points(signer)}
    for round in range(ROUNDS):
        names = list(found) if round % 2 == 0 else list(reversed(found))
        for name in names:
            found[name].append(measure(system.port, points(signer)[name](round)))
            settle(system)
    return found


def table(found: dict[str, list[Measured]]) -> Iterator[str]:
    floors = [one.per_second for one in found["floor: /healthz"]]
    yield "| point | requests/s | of the floor | p50 ms | p99 ms |"
    yield "|---|---|---|---|---|"
    for name, measured in found.items():
        ratios = [
            one.per_second / floor for one, floor in zip(measured, floors, strict=True)
        ]
        yield (
            f"| {name} | {statistics.median(m.per_second for m in measured):.0f}"
            f" | {statistics.median(ratios):.2f}"
            f" | {statistics.median(m.p50_ms for m in measured):.1f}"
            f" | {statistics.median(m.p99_ms for m in measured):.1f} |"
        )


def main() -> int:
    with tempfile.TemporaryDirectory() as directory:
        system = LocalSystem(Path(directory))
        try:
            print("Starting a system of its own.", file=sys.stderr)
            system.start_ready()
            enrol(system, Path(directory))
            found = rounds(system, Signer(system.port, system.secrets()))
        finally:
            system.end()
    lines = list(table(found))
    print("\n".join(lines))
    results = ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    stamp = f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}"
    (results / f"{stamp}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
