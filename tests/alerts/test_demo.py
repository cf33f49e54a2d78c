import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from alerts.models import DutyShift
from alerts.services.demo import DATA
from protection.models import AuditEvent, Contact, Person, User


@pytest.fixture
def reference(db: None) -> None:
    call_command("load_reference", stdout=StringIO())


@pytest.fixture
def emulator_is_near(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:4010"
    monkeypatch.setenv("DEMO_PASSWORD", "a-password-of-the-demo")


def counts() -> list[int]:
    return [model.objects.count() for model in (Person, Contact, DutyShift, AuditEvent)]


def test_cast_is_loaded_once(reference: None, emulator_is_near: None, capsys):
    call_command("seed_demo")
    first = counts()

    call_command("seed_demo")

    assert counts() == first
    assert first[:3] == [4, 10, 1]
    assert User.objects.get(username="coordinacion").check_password(
        "a-password-of-the-demo"
    )


@pytest.mark.parametrize("address", ["", "https://api.twilio.com", "http://10.0.0.1"])
def test_cast_is_refused_anywhere_but_beside_the_emulator(
    reference: None, settings, address: str
):
    settings.TWILIO_API_BASE_URL = address

    with pytest.raises(CommandError, match="only beside the emulator"):
        call_command("seed_demo")

    assert not Person.objects.exists()


def test_phones_page_shows_every_number_of_the_cast():
    shown = {
        phone["number"] for phone in json.loads((DATA / "phones.json").read_text())
    }
    cast = {
        row["phone"]
        for name in ("people.csv", "contacts.csv")
        for row in csv.DictReader(StringIO((DATA / name).read_text("utf-8")))
    }

    assert cast <= shown
    assert all(number.startswith("+5200") for number in shown | cast)
