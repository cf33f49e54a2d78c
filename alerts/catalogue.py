"""Every text we may send: one file a message and language, checked before the start.

A template that breaks the content policy stops the start, never a send. Only the
placeholders listed here exist, so that no name, place or measure can slip into a text.
"""

import string
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from protection.choices import Language
from protection.rules.gsm7 import spelt_plainly
from protection.rules.wording import objections

FOLDER = Path(__file__).parent / "templates" / "alerts" / "sms"

# Each placeholder with the longest value it can take.
LONGEST = {
    "phrase": "M" * 20,
    "severity": "4",
    "code": "W9W9",
    "time": "23:59",
    "number": "+520000000000",
    "reference": "9999",
}
DEFAULT_PHRASE = {Language.SPANISH: "AVISO", Language.ENGLISH: "NOTICE"}


class TextRefused(Exception):
    """A text that the content policy does not let out. Names no content."""


@cache
def templates() -> dict[tuple[str, str], str]:
    """Template text by (name, language)."""
    found = {}
    for path in sorted(FOLDER.glob("*.txt")):
        name, language = path.stem.split(".")
        found[name, language] = spelt_plainly(path.read_text(encoding="utf-8").strip())
    return found


def own_number() -> str:
    """The number contacts answer to: it stands in the text because the network may
    replace the sender (MESSAGING section 3)."""
    number: str = settings.TWILIO_FROM_NUMBER or settings.TWILIO_INTAKE_NUMBERS[0]
    return number


def render(name: str, *, language: str, **values: str) -> str:
    """Fill a template and check it once more.

    Raises:
        TextRefused: the result breaks the policy (a code phrase stored before the
            policy changed, for instance).
    """
    text = templates()[name, language].format_map(
        {key: spelt_plainly(value) for key, value in values.items()}
    )
    if found := objections(text, own_numbers=frozenset({own_number()})):
        raise TextRefused(f"{name} ({language}): {'; '.join(found)}")
    return text


def check_templates() -> None:
    """Check every template with the longest values it can take.

    Raises:
        ImproperlyConfigured: names each template and what is wrong with it.
    """
    wrong = []
    names = {name for name, _ in templates()}
    for name in sorted(names):
        for language in Language.values:
            wrong += [
                f"{name} ({language}): {problem}" for problem in _faults(name, language)
            ]
    if wrong:
        raise ImproperlyConfigured("Texts that may not be sent:\n" + "\n".join(wrong))


def _faults(name: str, language: str) -> list[str]:
    template = templates().get((name, language))
    if template is None:
        return ["it is not written in this language"]
    fields = {field for _, field, _, _ in string.Formatter().parse(template) if field}
    if unknown := fields - LONGEST.keys():
        return [
            f"it has a placeholder that is not allowed: {', '.join(sorted(unknown))}"
        ]
    return objections(
        template.format_map(LONGEST), own_numbers=frozenset({LONGEST["number"]})
    )
