import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.codes import LETTERS, looks_like_code, new_code
from alerts.rules.commands import (
    OwnWords,
    PersonWord,
    Reply,
    ReplyVerb,
    read_person,
    read_reply,
    squashed,
)

WORDS = OwnWords(
    alert=squashed("Girasol"),
    ok=squashed("Llegué bien"),
    duress=squashed("Llegué bien gracias"),
)


def read(text: str) -> PersonWord:
    return read_person(text, WORDS, fingerprint=lambda word: word)


@pytest.mark.parametrize(
    "text",
    [
        "girasol",
        "GIRASOL",
        "  ¡Girasol!  ",
        "giraSól",
        "gira-sol",
        "g i r a s o l",
        "girasol me siguen desde el mercado",
        "Girasol.\nEstoy en casa",
        "ｇｉｒａｓｏｌ",
    ],
)
def test_alert_word_is_found_however_it_is_dressed(text: str):
    assert read(text) == PersonWord.ALERT


@pytest.mark.parametrize(
    "text", ["girasoles", "un girasol", "gira", "solgirasol", "", "…", "😀", "STOP"]
)
def test_what_is_not_the_word_is_for_a_human(text: str):
    assert read(text) == PersonWord.OTHER


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("llegue bien", PersonWord.OK),
        ("Llegué bien.", PersonWord.OK),
        ("llegue bien 18:00", PersonWord.OK),
        ("llegue bien hasta las 6 pm", PersonWord.OK),
        ("llegue bien 2h", PersonWord.OK),
        ("llegue bien pero me siguen", PersonWord.OTHER),
        ("llegue bien no", PersonWord.OTHER),
        ("llegue bienvenida", PersonWord.OTHER),
        ("llegue bien gracias", PersonWord.DURESS),
        ("Llegué bien, gracias a todos", PersonWord.DURESS),
    ],
)
def test_duress_comes_before_ok_and_ok_stands_alone(text: str, meaning: PersonWord):
    assert read(text) == meaning


def test_person_without_words_is_always_read_by_a_human():
    none = OwnWords("", "", "")

    assert read_person("girasol", none, fingerprint=lambda w: w) == PersonWord.OTHER


@given(st.text())
def test_no_text_breaks_the_reader(text: str):
    assert read(text) in PersonWord
    assert read_reply(text) is None or read_reply(text).verb in ReplyVerb


@pytest.mark.parametrize(
    "text",
    ["1 K7Q2", "1 k7q2", "1K7Q2", "1.K7Q2", " uno K7Q2 ", "Uno, k7q2", "1️⃣ K7Q2",
     "1 K7Q2 voy para allá", "one k7q2", "1\nK7Q2", "１ Ｋ７Ｑ２"],
)  # fmt: skip
def test_acknowledgement_is_read_as_tired_people_write_it(text: str):
    assert read_reply(text) == Reply(ReplyVerb.ACKNOWLEDGE, "K7Q2")


@pytest.mark.parametrize("text", ["1", "1.", " uno ", "1️⃣", "one"])
def test_bare_digit_names_no_request(text: str):
    assert read_reply(text) == Reply(ReplyVerb.ACKNOWLEDGE, None)


@pytest.mark.parametrize(
    ("text", "verb"), [("2 K7Q2", ReplyVerb.DECLINE), ("3K7Q2", ReplyVerb.TAKE_CHARGE)]
)
def test_other_digits_are_other_answers(text: str, verb: ReplyVerb):
    assert read_reply(text) == Reply(verb, "K7Q2")


@pytest.mark.parametrize(
    "text",
    ["", "K7Q2", "4 K7Q2", "1 hola", "1 K7Q2 M4T7", "10", "si", "ok", "11K7Q2", "STOP"],
)
def test_anything_else_is_no_answer(text: str):
    assert read_reply(text) is None


def test_new_codes_have_no_look_alikes():
    codes = {new_code() for _ in range(2000)}

    assert all(looks_like_code(code) for code in codes)
    assert not set("".join(codes)) & set("0O1IL5S8B")
    assert len(codes) > 1900


def test_codes_are_never_words():
    assert not looks_like_code(LETTERS[:4])
