"""Texts that may leave, checked before the start (MESSAGING R27, R28)."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from alerts import catalogue
from alerts.catalogue import LONGEST, TextRefused, check_templates, render
from protection.rules.gsm7 import is_gsm7, segments


def test_every_template_is_one_plain_segment_at_its_longest():
    for (name, language), text in catalogue.templates().items():
        filled = text.format_map(LONGEST)

        assert (segments(filled), is_gsm7(filled)) == (1, True), (name, language)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{phrase} su caso avanza", "betrays"),
        ("{phrase} Mecanismo de Protección", "betrays"),
        ("{phrase} entre a https://ejemplo.mx/a", "link"),
        ("{phrase} llame al 5512345678", "number that is not ours"),
        ("{phrase} " + "a" * 160, "longer than one segment"),
        ("{phrase} 🚨", "outside GSM-7"),
        ("{person} escribe", "placeholder"),
    ],
)
def test_template_that_breaks_the_policy_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, text: str, complaint: str
):
    broken = {("x", "es"): text, ("x", "en"): "{phrase}"}
    monkeypatch.setattr(catalogue, "templates", lambda: broken)

    with pytest.raises(ImproperlyConfigured, match=complaint):
        check_templates()


def test_template_missing_in_a_language_stops_the_start(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(catalogue, "templates", lambda: {("x", "es"): "{phrase}"})

    with pytest.raises(ImproperlyConfigured, match="not written in this language"):
        check_templates()


def test_code_phrase_is_spelt_in_the_letters_of_sms():
    text = render(
        "duty_already", language="es", phrase="JAZMÍN", code="K7Q2", time="14:05"
    )

    assert text.startswith("JAZMIN. Ref K7Q2 ")


def test_phrase_that_breaks_the_policy_is_refused_without_quoting_it():
    with pytest.raises(TextRefused) as refused:
        render("duty_already", language="es", phrase="riesgo", code="K7Q2", time="1")

    assert "riesgo" not in str(refused.value)
