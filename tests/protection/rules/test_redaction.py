import json
import traceback
import uuid
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protection.rules.redaction import MASK, redact

NUMBER = "+520010000001"


@pytest.mark.parametrize(
    "written",
    [
        "+520010000001",
        "+52 00 1000 0001",
        "+52 (00) 1000-0001",
        "+52.00.1000.0001",
        "+52-1-00-1000-0001",
        "005200 1000 0001",
        "+1 (500) 555-0006",
        "0010000001",
        "520010000001",
        "00 1000 0001",
        "(00) 1000 0001",
        "00-1000-0001",
        "001 000 0001",
        "00 10 00 00 01",
        "%2B520010000001",
        "%2b520010000001",
        "%2B52%2000%201000%200001",
        "%2B52+00+1000+0001",
        "00+1000+0001",
        "\\u002b520010000001",
        "\\u002B52 00 1000 0001",
    ],
)
def test_number_is_masked_however_it_is_written(written: str):
    assert redact(f"to {written} failed") == f"to {MASK} failed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("whatsapp:+520010000001", f"whatsapp:{MASK}"),
        ("whatsapp%3A%2B520010000001", f"whatsapp%3A{MASK}"),
        ("whatsapp:520010000001", f"whatsapp:{MASK}"),
        ("tel:0010000001.", f"tel:{MASK}."),
        ("From=%2B520010000001&To=0010000002", f"From={MASK}&To={MASK}"),
        ('{"From": "+520010000001"}', f'{{"From": "{MASK}"}}'),
        ("{'from': 520010000001}", f"{{'from': {MASK}}}"),
        ("/PhoneNumbers/+520010000001.json", f"/PhoneNumbers/{MASK}.json"),
        ("hola\\n0010000001", f"hola\\n{MASK}"),
        ("0010000001\n0010000002", f"{MASK}\n{MASK}"),
    ],
)
def test_number_is_masked_wherever_it_stands(text: str, expected: str):
    assert redact(text) == expected


def test_number_is_masked_in_a_form():
    body = urlencode({"From": NUMBER, "Body": "llama al 00 1000 0001"})

    assert redact(body) == f"From={MASK}&Body=llama+al{MASK}"


def test_number_is_masked_in_json_and_addresses():
    text = json.dumps({"to": NUMBER, "url": f"/x?to={quote(NUMBER)}"})

    assert redact(text) == f'{{"to": "{MASK}", "url": "/x?to={MASK}"}}'


def test_number_is_masked_in_a_traceback():
    try:
        raise ValueError(f"The 'To' number {NUMBER} is not valid")
    except ValueError:
        text = traceback.format_exc()

    assert redact(text).splitlines()[-1] == (
        f"ValueError: The 'To' number {MASK} is not valid"
    )


@pytest.mark.parametrize(
    "text",
    [
        "019ab3c4-0012-7345-8123-456789012345",
        "alert 00112233-4455-4677-8899-001122334455",
        "SM12345678901234567890123456789012",
        "AC00000000000000000000000000000000",
        "2026-11-23T20:05:11.123456+00:00",
        "2026-11-23 20:05:11,123",
        "[2026-11-23 20:05:11 +0000]",
        "2026-11-23",
        "1700000000.123456",
        "0.0012345678901",
        "Ref K7Q2. 14:05",
        "30087",
        "error 21610 after 12 attempts of 4096 bytes",
        "POST /alerts/twilio/inbound/ 200 in 123 ms",
        "127.0.0.1:8000",
        "v5.2.19",
    ],
)
def test_what_is_no_number_stays(text: str):
    assert redact(text) == text


@given(st.uuids())
def test_uuid_stays(value: uuid.UUID):
    assert redact(f"alert {value} ({value.hex})") == f"alert {value} ({value.hex})"


@given(st.from_regex(r"[2-9][0-9]{9}|00[0-9]{8}", fullmatch=True), st.text())
def test_international_number_never_survives(national: str, around: str):
    number = f"+52{national}"

    assert number not in redact(f"{around} {number} {around}")


@given(st.text())
def test_redacting_twice_is_redacting_once(text: str):
    assert redact(redact(text)) == redact(text)
