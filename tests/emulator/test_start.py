"""What it refuses to start with, and whom it refuses to talk to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from .support import ACCOUNT, ELENA, OWN, ROOT, Emulator

GOOD = {
    "EMULATOR_ACCOUNT_SID": ACCOUNT,
    "EMULATOR_AUTH_TOKEN": "t",
    "EMULATOR_INBOUND_URL": "http://127.0.0.1:9/in/",
    "EMULATOR_OWN_NUMBERS": OWN,
    "EMULATOR_PORT": "0",
}


def start(**changes: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("EMULATOR_")}
    return subprocess.run(
        [sys.executable, "-m", "emulator"],
        cwd=ROOT,
        env={**clean, **GOOD, **changes},
        capture_output=True,
        text=True,
        timeout=20,
    )


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"EMULATOR_ACCOUNT_SID": "AC" + "1" * 32}, "AC00000000"),
        ({"EMULATOR_ACCOUNT_SID": ""}, "--account-sid"),
        ({"EMULATOR_AUTH_TOKEN": ""}, "--auth-token"),
        ({"EMULATOR_INBOUND_URL": "https://example.org/in/"}, "this machine"),
        ({"EMULATOR_INBOUND_URL": "http://10.0.0.1/in/"}, "this machine"),
        ({"EMULATOR_OWN_NUMBERS": ""}, "--own-number"),
        ({"EMULATOR_OWN_NUMBERS": "12"}, "+520012345678"),
        ({"EMULATOR_API_KEY": "SK1"}, "secret"),
        ({"EMULATOR_CAST": "/nonexistent.json"}, "cast"),
        ({"EMULATOR_TIME_ZONE": "Mars/Olympus"}, "time zone"),
    ],
)
def test_start_is_refused_with_a_sentence(changes: dict[str, str], word: str) -> None:
    done = start(**changes)
    assert done.returncode == 2
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_state_directory_has_one_user(tmp_path: Path) -> None:
    first = Emulator("--state-dir", str(tmp_path), inbound_url="http://127.0.0.1:9/")
    done = start(EMULATOR_STATE_DIR=str(tmp_path))
    first.stop()
    assert (done.returncode, "Another emulator" in done.stderr) == (2, True)


def test_emulator_imports_nothing_of_the_project_or_twilio() -> None:
    code = (
        "import sys, emulator.server\n"
        "bad = {'django', 'twilio', 'protection', 'alerts', 'cases',"
        " 'dashboards', 'config'}\n"
        "print(sorted(bad & {name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout == "[]\n", done.stderr


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "10.0.0.1", ""])
@pytest.mark.parametrize("path", ["/", "/_emulator/ledger", "/phones/send"])
def test_foreign_host_is_refused(emulator: Emulator, host: str, path: str) -> None:
    answer = requests.get(emulator.url + path, headers={"Host": host}, timeout=5)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_foreign_page_may_not_post(emulator: Emulator, headers: dict[str, str]) -> None:
    form = {"from": ELENA, "to": OWN, "body": "x"}
    page = f"{emulator.url}/phones/send"
    assert requests.post(page, form, headers=headers, timeout=5).status_code == 403
    control = f"{emulator.url}/_emulator/inbound"
    answer = requests.post(
        control, json={"from": ELENA, "body": "x"}, headers=headers, timeout=5
    )
    assert answer.status_code == 403
    assert emulator.get("messages") == {"messages": []}


def test_own_page_may_post(emulator: Emulator) -> None:
    answer = emulator.control(
        "POST",
        "inbound",
        json={"from": ELENA, "body": "x"},
        headers={"Origin": emulator.url, "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 200
