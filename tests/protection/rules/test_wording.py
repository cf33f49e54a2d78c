import pytest

from alerts.catalogue import LONGEST, templates
from protection.rules.wording import code_phrase_problem, objections

OWN = "+520000000000"
WORD = "it has a word that betrays what it is about"
LINK = "it has a link or an address"
NUMBER = "it has a number that is not ours"


def said_of(text: str) -> list[str]:
    return objections(text, own_numbers=frozenset({OWN}))


@pytest.mark.parametrize(
    "word",
    [
        "mecanismo",
        "MECANISMO",
        "Segob",
        "proteccion",
        "Protecciones",
        "protegida",
        "proteger",
        "medidas",
        "escoltas",
        "boton",
        "botones",
        "panico",
        "riesgos",
        "caso",
        "Casos",
        "folio 12",
        "denuncias",
        "fiscalia",
        "secuestrado",
        "periodistas",
        "periodismo",
        "amenazas",
        "victimas",
        "coaccion",
        "threatened",
        "journalism",
        "protection",
        "cases",
        "duress",
        "kidnapped",
    ],
)
def test_word_that_betrays_is_refused(word: str):
    assert said_of(f"FARO. Ref K7Q2, {word}.") == [WORD]


@pytest.mark.parametrize(
    "word", ["protección", "pánico", "botón", "fiscalía", "VÍCTIMA", "coaccio\u0301n"]
)
def test_accents_hide_no_word(word: str):
    assert WORD in said_of(f"FARO, {word}.")


@pytest.mark.parametrize(
    "text", ["Ocaso en la costa", "Un acaso", "FARO 4. Ref K7Q2. 14:05.", "El fracaso"]
)
def test_word_that_only_contains_one_is_allowed(text: str):
    assert said_of(text) == []


@pytest.mark.parametrize(
    "link",
    [
        "https://x",
        "HTTP://x",
        "www.ejemplo",
        "ejemplo.mx",
        "wa.me/1",
        "t.co",
        "a/b",
        "ana@correo",
        "correo@ejemplo.mx",
    ],
)
def test_link_is_refused(link: str):
    assert LINK in said_of(f"FARO. Vea {link} hoy")


@pytest.mark.parametrize(
    "number",
    [
        "+520010000001",
        "520010000001",
        "0010000001",
        "00 1000 0001",
        "00-1000-0001",
        "(00) 1000 0001",
        "1000001",
        "+52 00 1000 0001",
    ],
)
def test_foreign_number_is_refused(number: str):
    assert said_of(f"FARO. Llame a {number} hoy") == [NUMBER]


def test_own_number_is_allowed():
    assert said_of(f"FARO 4. Ref K7Q2. 14:05. Envie 1 K7Q2 a {OWN}.") == []


def test_own_number_as_configured_with_spaces_is_allowed():
    spaced = "+52 00 0000 0000"

    assert objections(f"Envie 1 a {spaced}.", own_numbers=frozenset({spaced})) == []


def test_own_number_beside_a_foreign_one_is_refused():
    assert said_of(f"De {OWN} a +520010000001") == [NUMBER]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["it is empty"]),
        ("  \n", ["it is empty"]),
        ("está", ["it has a character outside GSM-7"]),
        ("a" * 161, ["it is longer than one segment"]),
        (f"caso en x.mx {'a' * 160}", ["it is longer than one segment", WORD, LINK]),
    ],
    ids=["empty", "blank", "accent", "too long", "several at once"],
)
def test_each_objection_is_named(text: str, found: list[str]):
    assert said_of(text) == found


@pytest.mark.parametrize("key", templates(), ids=".".join)
def test_catalogue_text_is_allowed(key: tuple[str, str]):
    assert said_of(templates()[key].format_map(LONGEST)) == []


# --- Code phrases ------------------------------------------------------------------
@pytest.mark.parametrize("phrase", ["FARO", "Brújula", "AÑIL", "LLUVIA 7", "mar y sol"])
def test_neutral_code_phrase_is_usable(phrase: str):
    assert code_phrase_problem(phrase) is None


@pytest.mark.parametrize(
    "phrase",
    ["PROTECCIÓN", "mi caso", "x.mx", "0010000001", "123456", "🙂", "a@b", "Путь"],
)
def test_code_phrase_that_could_not_leave_is_refused(phrase: str):
    assert code_phrase_problem(phrase) == (
        "not usable in a text: use a neutral word of common letters, without"
        " links, long numbers or words about protection"
    )
