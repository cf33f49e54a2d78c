import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protection.rules.phones import (
    BadPhone,
    PhoneProblem,
    Sender,
    canonical_number,
    is_fictional,
    sender_of,
)

# The fictional range stands in for real national numbers: the forms are the same.
FICTIONAL = "+520010000001"
AMBIGUOUS, EMPTY, LETTERS, LENGTH, UNKNOWN = (
    PhoneProblem.AMBIGUOUS,
    PhoneProblem.EMPTY,
    PhoneProblem.LETTERS,
    PhoneProblem.LENGTH,
    PhoneProblem.UNKNOWN,
)


def problem_of(written: str, *, allow_fictional: bool = True) -> PhoneProblem:
    with pytest.raises(BadPhone) as caught:
        canonical_number(written, allow_fictional=allow_fictional)
    return caught.value.problem


@pytest.mark.parametrize(
    "written",
    [
        "+520010000001",
        "+52 00 1000 0001",
        " +52 (00) 1000-0001 ",
        "+52.00.1000.0001",
        "+52\u00a000\u00a01000\u00a00001",
        "520010000001",
        "00520010000001",
        "00 52 00 1000 0001",
        "+5210010000001",
        "+52 1 00 1000 0001",
        "5210010000001",
        "0440010000001",
        "0450010000001",
        "010010000001",
        "01 00 1000 0001",
        "+52 044 00 1000 0001",
        "whatsapp:+520010000001",
        "whatsapp:+5210010000001",
    ],
)
def test_mexican_number_has_one_form(written: str):
    assert canonical_number(written, allow_fictional=True) == FICTIONAL


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("+15005550006", "+15005550006"),
        ("+1 (500) 555-0006", "+15005550006"),
        ("0015005550006", "+15005550006"),
        ("00 1 500 555 0006", "+15005550006"),
        ("whatsapp:+15005550006", "+15005550006"),
        ("+44 1632 960001", "+441632960001"),  # Ofcom's numbers for drama
        ("+1 202 555 0100", "+12025550100"),  # 555-01XX is fictional as well
    ],
)
def test_foreign_number_keeps_its_country(written: str, expected: str):
    assert canonical_number(written, allow_fictional=False) == expected


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", EMPTY),
        ("   ", EMPTY),
        ("whatsapp:", EMPTY),
        ("ninguno", LETTERS),
        ("00 1000 OOO1", LETTERS),
        ("+52+0010000001", LETTERS),
        ("5.2001E+11", LETTERS),
        ("٠٠١٠٠٠٠٠٠١", LETTERS),
        ("００１０００００００１", LETTERS),
        ("15005550006", AMBIGUOUS),
        ("1 00 1000 0001", AMBIGUOUS),
        ("1000", LENGTH),
        ("911", LENGTH),
        ("10000001", LENGTH),
        ("+52001000000", LENGTH),
        ("+5200100000012", LENGTH),
        ("+5200100000", LENGTH),
        ("+52 1 00 1000 000", LENGTH),
        ("0052001000000", LENGTH),
        ("+", UNKNOWN),
        ("00", UNKNOWN),
        ("+999 000 000 000", UNKNOWN),
        ("+1 555 0006", UNKNOWN),
        ("+0052 00 1000 0001", UNKNOWN),
        ("+31 0 000 0000", UNKNOWN),
    ],
)
def test_unusable_number_is_refused_with_its_kind(written: str, problem: PhoneProblem):
    assert problem_of(written) == problem


def test_mexican_number_without_two_digits_is_not_completed():
    """`52` is read once: +52 and eight digits are not ten national ones."""
    assert problem_of("+52" + "00100000") == LENGTH


def test_fictional_number_is_refused_beside_the_real_provider():
    assert problem_of(FICTIONAL, allow_fictional=False) == PhoneProblem.FICTIONAL


@pytest.mark.parametrize(
    ("number", "answer"),
    [("+520010000001", True), ("+520110000001", False), ("+15005550006", False)],
)
def test_fictional_range_is_recognised(number: str, answer: bool):
    assert is_fictional(number) == answer


def test_refusal_does_not_quote_the_number():
    with pytest.raises(BadPhone) as caught:
        canonical_number("+52 00 1000 000", allow_fictional=True)

    assert re.findall(r"\d", str(caught.value)) == []


# --- Properties --------------------------------------------------------------------
gaps = st.sampled_from(["", " ", "-", ".", ")", "("])
international = st.from_regex(r"(\+|00)[0-9]{2,15}", fullmatch=True).filter(
    lambda written: not re.match(r"(\+|00)52", written)
)


@given(international, gaps)
def test_foreign_number_never_becomes_mexican(written: str, gap: str):
    try:
        number = canonical_number(gap.join(written), allow_fictional=True)
    except BadPhone:
        return

    assert not number.startswith("+52")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=20))
def test_whatever_is_accepted_is_e164(written: str):
    try:
        number = canonical_number(written, allow_fictional=True)
    except BadPhone:
        return

    assert re.fullmatch(r"\+[1-9][0-9]{6,14}", number)


@given(st.from_regex(r"\+?[0-9 ()-]{7,20}", fullmatch=True))
def test_canonical_form_is_stable(written: str):
    try:
        number = canonical_number(written, allow_fictional=True)
    except BadPhone:
        return

    assert canonical_number(number, allow_fictional=True) == number


# --- Senders -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("reported", "sender"),
    [
        ("+520010000001", Sender(FICTIONAL, True)),
        ("whatsapp:+5210010000001", Sender(FICTIONAL, True)),
        (" whatsapp:+520010000001", Sender(FICTIONAL, True)),
        ("+15005550006", Sender("+15005550006", True)),
        (
            "whatsapp:MX.13491208655302741918",
            Sender("MX.13491208655302741918", False),
        ),
        ("29000", Sender("29000", False)),
        ("TELCEL", Sender("TELCEL", False)),
        ("", Sender("", False)),
    ],
    ids=[
        "number",
        "old WhatsApp form",
        "space before",
        "foreign",
        "business-scoped user id",
        "short code",
        "letters",
        "nothing",
    ],
)
def test_sender_is_read_and_never_refused(reported: str, sender: Sender):
    assert sender_of(reported) == sender
