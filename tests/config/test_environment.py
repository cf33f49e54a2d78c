"""What an operator reads when a variable is missing or bad (CONTRACT section 2)."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import BadEnvironment, Environment
from config.local.places import ROOT

KEY = base64.b64encode(b"k" * 32).decode()
OTHER = base64.b64encode(b"o" * 32).decode()
SHORT = base64.b64encode(b"k" * 31).decode()


def problems(environment: Environment) -> list[str]:
    with pytest.raises(BadEnvironment) as caught:
        environment.finish()
    first, *lines, last = str(caught.value).splitlines()
    assert first == "Resguardo cannot start:"
    assert last == (
        "Every variable is explained in .env.example."
        " On one machine, `make run` sets them all."
    )
    return [line.removeprefix("  - ") for line in lines]


# --- Texts and lists ---------------------------------------------------------------
def test_text_is_read():
    environment = Environment({"NAME": "value"})

    assert environment.text("NAME", purpose="a name") == "value"
    environment.finish()


@pytest.mark.parametrize("values", [{}, {"NAME": ""}], ids=["missing", "empty"])
def test_missing_text_is_a_problem_that_says_what_it_is_for(values):
    environment = Environment(values)

    environment.text("NAME", purpose="what is written on the door")

    assert problems(environment) == [
        "NAME: is missing. It is what is written on the door."
    ]


def test_missing_text_with_a_default_is_none():
    environment = Environment({})

    assert environment.text("NAME", purpose="", default="x") == "x"
    environment.finish()


@pytest.mark.parametrize(
    ("value", "items"),
    [("a", ["a"]), ("a,b", ["a", "b"]), (" a , ,b,", ["a", "b"]), ("", ["x"])],
)
def test_list_is_read(value: str, items: list[str]):
    assert Environment({"NAME": value}).items("NAME", default="x") == items


@pytest.mark.parametrize(("value", "number"), [("7", 7), ("", 3)])
def test_whole_number_is_read(value: str, number: int):
    assert Environment({"N": value}).whole("N", purpose="", default=3) == number


def test_bad_number_is_a_problem():
    environment = Environment({"N": "seven"})

    environment.whole("N", purpose="how many", default=3)

    assert problems(environment) == [
        "N: has a value that cannot be read. It is how many."
    ]


# --- From a file -------------------------------------------------------------------
def test_value_is_read_from_the_file_it_names(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text(" value\n")

    environment = Environment({"NAME_FILE": str(secret)})

    assert environment.text("NAME", purpose="") == "value"


def test_value_goes_before_the_file(tmp_path: Path):
    environment = Environment({"NAME": "value", "NAME_FILE": str(tmp_path)})

    assert environment.text("NAME", purpose="") == "value"
    environment.finish()


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["no file", "no text"])
def test_unreadable_file_is_a_problem(tmp_path: Path, content: bytes | None):
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    environment = Environment({"NAME_FILE": str(path)})

    environment.text("NAME", purpose="x", default="")

    assert problems(environment) == [
        "NAME: the file named by NAME_FILE cannot be read as text."
    ]


# --- Keys --------------------------------------------------------------------------
def test_keys_are_read_in_order():
    environment = Environment({"KEYS": f"{KEY}, {OTHER}"})

    assert environment.keys("KEYS", purpose="") == [b"k" * 32, b"o" * 32]
    environment.finish()


@pytest.mark.parametrize(
    "value",
    ["secret", SHORT, KEY[:-1], KEY + KEY, "ñ" * 44, f"{KEY},{SHORT}", f"{KEY} x"],
    ids=["text", "31 bytes", "cut", "64 bytes", "letters", "second bad", "rest"],
)
def test_bad_key_is_a_problem_that_does_not_show_it(value: str):
    environment = Environment({"KEYS": value})

    environment.keys("KEYS", purpose="x")

    assert problems(environment) == ["KEYS: needs keys of base64 of exactly 32 bytes."]


# --- Addresses ---------------------------------------------------------------------
@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_database_is_postgresql(scheme: str):
    environment = Environment({"D": f"{scheme}://ana@127.0.0.1:5432/resguardo"})

    read = environment.database("D")

    assert (read["ENGINE"], read["NAME"]) == (
        "django.db.backends.postgresql",
        "resguardo",
    )


@pytest.mark.parametrize(
    "value", ["sqlite:///x.db", "mysql://ana@host/x", "resguardo", "http://x"]
)
def test_other_database_is_a_problem(value: str):
    environment = Environment({"D": value})

    environment.database("D")

    assert problems(environment) == [
        "D: must be a postgres:// address; no other database works."
    ]


def test_web_address_loses_its_last_slash():
    environment = Environment({"A": "https://example.org/"})

    assert environment.web_address("A", purpose="", default=None) == (
        "https://example.org"
    )


@pytest.mark.parametrize("value", ["example.org", "ftp://example.org", "https://"])
def test_other_address_is_a_problem(value: str):
    environment = Environment({"A": value})

    environment.web_address("A", purpose="where we are", default=None)

    assert problems(environment) == [
        "A: must start with http:// or https://. It is where we are."
    ]


def test_all_problems_are_told_at_once():
    environment = Environment({"D": "sqlite:///x", "N": "y"})

    environment.text("NAME", purpose="a name")
    environment.database("D")
    environment.whole("N", purpose="a number", default=1)

    assert [problem.split(":")[0] for problem in problems(environment)] == [
        "NAME",
        "D",
        "N",
    ]


# --- The real start ----------------------------------------------------------------
GOOD = {
    "SECRET_KEY": "x" * 50,
    "PUBLIC_BASE_URL": "https://example.org",
    "DATABASE_URL": "postgres://ana@127.0.0.1:1/x",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "FIELD_ENCRYPTION_KEYS": KEY,
    "BLIND_INDEX_KEY": OTHER,
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "TWILIO_AUTH_TOKEN": "x",
    "TWILIO_FROM_NUMBER": "+520000000000",
    "TWILIO_INTAKE_NUMBERS": "+520000000000",
}


def start(environment: dict[str, str]) -> tuple[int, list[str]]:
    """`manage.py check` with this environment and no other; what it said in lines."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_start_with_every_variable_succeeds():
    assert start(GOOD) == (0, ["System check identified no issues (0 silenced)."])


def test_start_with_nothing_names_everything_without_a_traceback():
    status, lines = start({})

    assert (status, [line.split(":")[0].strip(" -") for line in lines[1:-1]]) == (
        1,
        [
            "SECRET_KEY",
            "PUBLIC_BASE_URL",
            "DATABASE_URL",
            "REDIS_URL",
            "FIELD_ENCRYPTION_KEYS",
            "BLIND_INDEX_KEY",
            "TWILIO_ACCOUNT_SID",
            "TWILIO_AUTH_TOKEN",
            "TWILIO_FROM_NUMBER",
            "TWILIO_INTAKE_NUMBERS",
        ],
    )
    assert [line for line in lines if "Traceback" in line] == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"DATABASE_URL": "sqlite:///x"},
            "DATABASE_URL: must be a postgres:// address",
        ),
        ({"PUBLIC_BASE_URL": "x"}, "PUBLIC_BASE_URL: must start with http:// or"),
        ({"FIELD_ENCRYPTION_KEYS": "x"}, "FIELD_ENCRYPTION_KEYS: needs keys of base64"),
        ({"FIELD_ENCRYPTION_KEYS": " , "}, "FIELD_ENCRYPTION_KEYS: holds no key."),
        ({"BLIND_INDEX_KEY": SHORT}, "BLIND_INDEX_KEY: needs keys of base64"),
        ({"DEFAULT_LANGUAGE": "fr"}, "DEFAULT_LANGUAGE: must be es or en"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL: must be DEBUG, INFO, WARNING, ERROR or"),
        ({"TIME_ZONE": "Mexico"}, "TIME_ZONE: "),
        ({"TWILIO_API_KEY": "SK"}, "TWILIO_API_KEY: and TWILIO_API_SECRET go together"),
        ({"TWILIO_API_BASE_URL": "x"}, "TWILIO_API_BASE_URL: must start with http://"),
        ({"HEARTBEAT_URL": "x"}, "HEARTBEAT_URL: must start with http://"),
        ({"SECRET_KEY_FILE": "/no", "SECRET_KEY": ""}, "SECRET_KEY: the file named by"),
        (
            {"TWILIO_FROM_NUMBER": ""},
            "TWILIO_FROM_NUMBER: or TWILIO_MESSAGING_SERVICE_SID is missing.",
        ),
        ({"TWILIO_INTAKE_NUMBERS": ""}, "TWILIO_INTAKE_NUMBERS: is missing. It is the"),
        ({"REDIS_URL": "localhost"}, "REDIS_URL: "),
    ],
    ids=lambda case: next(iter(case)) if isinstance(case, dict) else "",
)
def test_start_with_a_bad_value_says_so(changes: dict[str, str], sentence: str):
    status, lines = start({**GOOD, **changes})

    assert [line for line in lines if "Traceback" in line] == []
    assert (status, lines[0], lines[1].strip(" -")[: len(sentence)]) == (
        1,
        "Resguardo cannot start:",
        sentence,
    )


def test_password_of_a_bad_database_address_is_not_printed():
    status, lines = start({**GOOD, "DATABASE_URL": "//ana:secreto@host/x"})

    assert (status, [line for line in lines if "secreto" in line]) == (1, [])


def test_messaging_service_replaces_the_number():
    changed = {"TWILIO_FROM_NUMBER": "", "TWILIO_MESSAGING_SERVICE_SID": "MG0"}

    assert start({**GOOD, **changed})[0] == 0
