"""Every string that people see is said in Spanish."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from config.local.places import ROOT
from tests.house.strings import translatable

FILE = ROOT / "locale" / "es" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|{\w*}")
# The same word in both languages.
SAME = {"SMS", "WhatsApp", "Federal", "Municipal", "Webhook", "alias", "base"}


@cache
def catalogue() -> Catalog:
    with FILE.open("rb") as opened:
        return read_po(opened, locale="es")


def translated() -> dict[str, str]:
    return {str(m.id): str(m.string) for m in catalogue() if m.id}


def test_every_string_has_its_translation():
    said = translated()

    assert [text for text in translatable() if not said.get(text)] == []


def test_no_translation_is_left_over():
    assert set(translated()) - set(translatable()) == set()


def test_no_translation_is_doubtful():
    assert [m.id for m in catalogue() if m.id and m.fuzzy] == []


@pytest.mark.parametrize("text", sorted(translated()), ids=lambda t: t[:40])
def test_translation_keeps_placeholders_and_ending(text: str):
    said = translated()[text]

    assert sorted(PLACEHOLDER.findall(said)) == sorted(PLACEHOLDER.findall(text))
    assert (said[-1:] == ".") == (text[-1:] == ".")


def test_translation_is_not_the_original():
    left = {text for text, said in translated().items() if text == said}

    assert left - SAME == set()


def test_field_names_begin_small():
    """Django raises the first letter where it belongs."""
    names = {text: said for text, said in translated().items() if text[:1].islower()}

    assert [said for said in names.values() if said[:1].isupper()] == []


def test_there_are_strings_to_check():
    assert "One text message, and somebody must answer." in translatable()
