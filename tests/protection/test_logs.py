import json
import logging
import sys
from typing import Any

import pytest

from protection.logs import RedactingJsonFormatter

NUMBER = "+520010000001"


def line_of(message: str, *args: object, **extra: Any) -> dict[str, Any]:
    record = logging.getLogger("alerts.test").makeRecord(
        "alerts.test", logging.ERROR, "file.py", 1, message, args, None, extra=extra
    )
    return json.loads(RedactingJsonFormatter().format(record))


def test_line_says_when_how_bad_where_and_what():
    line = line_of("Something happened.")

    assert line.pop("at")[-6:] == "+00:00"
    assert line == {
        "level": "ERROR",
        "logger": "alerts.test",
        "message": "Something happened.",
    }


@pytest.mark.parametrize(
    ("message", "args"),
    [
        (f"to {NUMBER}", ()),
        ("to %s", (NUMBER,)),
        ("to %(number)s", ({"number": NUMBER},)),
    ],
    ids=["message", "argument", "named argument"],
)
def test_number_in_a_message_is_masked(message: str, args: tuple[object, ...]):
    assert line_of(message, *args)["message"] == "to [number]"


def test_extra_is_written_and_masked():
    line = line_of("x", alert="a-1", count=3, who=[NUMBER], nothing=None)

    assert (line["alert"], line["count"], line["who"], line["nothing"]) == (
        "a-1",
        3,
        "['[number]']",
        None,
    )


@pytest.mark.parametrize("name", ["request", "data", "kwargs", "sql", "params"])
def test_extra_that_may_hold_words_is_left_out(name: str):
    assert name not in line_of("x", **{name: "me siguen"})


def failure(message: str) -> dict[str, Any]:
    try:
        raise ValueError(message) from KeyError(NUMBER)
    except ValueError:
        record = logging.makeLogRecord(
            {"msg": "It failed.", "exc_info": sys.exc_info()}
        )
    return json.loads(RedactingJsonFormatter().format(record))


def test_number_in_an_exception_is_masked():
    last = failure(f"The 'To' number {NUMBER} is not valid")["traceback"].splitlines()[
        -1
    ]

    assert last == "ValueError: The 'To' number [number] is not valid"


def test_number_in_the_cause_of_an_exception_is_masked():
    assert NUMBER not in failure("x")["traceback"]


def test_wrong_arguments_are_not_printed(capsys: pytest.CaptureFixture[str]):
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(RedactingJsonFormatter())

    handler.handle(logging.makeLogRecord({"msg": "to %d", "args": (NUMBER,)}))

    said = capsys.readouterr()
    assert (json.loads(said.out)["message"], said.err) == ("to %d", "")


def test_each_record_is_one_line(capsys: pytest.CaptureFixture[str]):
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(RedactingJsonFormatter())

    for message in ("one\ntwo", 'three "quoted"\r\n{}'):
        handler.handle(logging.makeLogRecord({"msg": message, "text": "a\nb"}))

    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["message"] for line in lines] == [
        "one\ntwo",
        'three "quoted"\r\n{}',
    ]


def test_every_handler_of_the_settings_redacts(settings):
    formatters = {
        handler["formatter"] for handler in settings.LOGGING["handlers"].values()
    }

    assert {settings.LOGGING["formatters"][name]["()"] for name in formatters} == {
        "protection.logs.RedactingJsonFormatter"
    }
