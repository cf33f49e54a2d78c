"""One form for each phone number (MESSAGING section 3).

Mexican numbers come written in many ways; the extra ``1`` after ``+52`` was abolished
in 2019 but WhatsApp still reports it. A number written with another country's code is
never turned into a Mexican one.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

MEXICO = "52"
# No national number begins with 0 or 1 but those of the fictional range (00).
_NATIONAL = r"(?:1|01|044|045)?([2-9]\d{9}|00\d{8})"
_MEXICAN = re.compile(rf"(?:{MEXICO})?{_NATIONAL}", re.ASCII)
_MEXICAN_FROM_ABROAD = re.compile(rf"{MEXICO}{_NATIONAL}", re.ASCII)
_WRITTEN = re.compile(r"[0-9\s().\-/]*")


class PhoneProblem(StrEnum):
    """Why a number was refused. Says nothing of the number itself."""

    EMPTY = "empty"
    LETTERS = "letters or signs that no number has"
    AMBIGUOUS = "eleven digits that begin with 1 and have no country code"
    LENGTH = "too few or too many digits"
    UNKNOWN = "no valid number of its country"
    FICTIONAL = "a number of the demonstration range"


class BadPhone(ValueError):
    def __init__(self, problem: PhoneProblem) -> None:
        super().__init__(f"The number cannot be used: {problem.value}.")
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a text: an E.164 number, or the provider's id where it hides it."""

    address: str
    is_number: bool


def is_fictional(number: str) -> bool:
    """True for ``+52 00 …``, the range of tests and demonstrations."""
    return number.startswith("+5200")


def canonical_number(written: str, *, allow_fictional: bool) -> str:
    """Return the E.164 form of a number a person wrote.

    Raises:
        BadPhone: says what kind of problem it is, never the number.
    """
    text = written.strip().removeprefix("whatsapp:").strip()
    if not text:
        raise BadPhone(PhoneProblem.EMPTY)
    has_country_code = text.startswith("+")
    if not _WRITTEN.fullmatch(text.removeprefix("+")):
        raise BadPhone(PhoneProblem.LETTERS)
    digits = re.sub(r"\D", "", text)
    if not has_country_code and digits.startswith("00"):
        has_country_code, digits = True, digits[2:]

    if has_country_code and not digits.startswith(MEXICO):
        return _foreign(digits)
    if not has_country_code and len(digits) == 11 and digits.startswith("1"):
        raise BadPhone(PhoneProblem.AMBIGUOUS)
    form = _MEXICAN_FROM_ABROAD if has_country_code else _MEXICAN
    return _mexican(form.fullmatch(digits), allow_fictional=allow_fictional)


def _mexican(match: re.Match[str] | None, *, allow_fictional: bool) -> str:
    if match is None:
        raise BadPhone(PhoneProblem.LENGTH)
    number = f"+{MEXICO}{match[1]}"
    if is_fictional(number):
        if allow_fictional:
            return number
        raise BadPhone(PhoneProblem.FICTIONAL)
    return number


def _foreign(digits: str) -> str:
    number = _e164(f"+{digits}")
    if number is None or number != _e164(number):  # a form that changes finds nobody
        raise BadPhone(PhoneProblem.UNKNOWN)
    return number


def _e164(written: str) -> str | None:
    try:
        parsed = phonenumbers.parse(written)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:  # nor without area code
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def sender_of(reported: str) -> Sender:
    """Read the provider's ``From``. Never refuses: an odd sender is still a sender.

    Fictional numbers are read like any other; whether they may be enrolled is decided
    where people are enrolled.
    """
    address = reported.strip().removeprefix("whatsapp:")
    try:
        return Sender(canonical_number(address, allow_fictional=True), is_number=True)
    except BadPhone:
        return Sender(address, is_number=False)
