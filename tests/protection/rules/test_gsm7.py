import pytest

from protection.rules.gsm7 import is_gsm7, segments, spelt_plainly


@pytest.mark.parametrize("letter", "éÉñÑüÜ¿¡àèìòùäöåæøßÇ@£$¥§ΔΩ_\n\r")
def test_basic_letter_is_gsm7(letter: str):
    assert is_gsm7(letter)


@pytest.mark.parametrize("letter", "^{}\\[]~|€\f")
def test_extended_letter_is_gsm7_and_takes_two(letter: str):
    assert (is_gsm7(letter), segments(letter * 80), segments(letter * 81)) == (
        True,
        1,
        2,
    )


@pytest.mark.parametrize("letter", "áíóúÁÍÓÚçªº«»“”‘’–—…·`\u00a0\tА🙂")
def test_other_letter_is_not_gsm7(letter: str):
    assert not is_gsm7(letter)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("ñ" * 160, 1),
        ("a" * 158 + "€", 1),
        ("a" * 159 + "€", 2),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("á" * 134, 2),
        ("á" * 135, 3),
        ("a" * 70 + "á", 2),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
        ("e\u0301", 1),
    ],
    ids=[
        "empty",
        "160",
        "161",
        "2 x 153",
        "2 x 153 and one",
        "160 of ñ",
        "159 units and a pair",
        "160 units and a pair",
        "70 accented",
        "71 accented",
        "2 x 67",
        "2 x 67 and one",
        "one accent in 71",
        "35 emoji",
        "36 emoji",
        "decomposed",
    ],
)
def test_segments_are_counted_as_the_network_does(text: str, expected: int):
    assert segments(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("á" + "a" * 65 + "🙂" + "a" * 65, 2),
        ("á" + "a" * 65 + "🙂" + "a" * 66, 3),
    ],
    ids=["pair fits", "pair pushes one over", "emoji fits", "emoji pushes one over"],
)
def test_pair_is_not_split_across_parts(text: str, expected: int):
    assert segments(text) == expected


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Atención: ¿está ahí?", "Atencion: ¿esta ahi?"),
        ("ÁÍÓÚ ç", "AIOU c"),
        ("año, pingüino, café", "año, pingüino, café"),
        ("“sí” – «no»…", '"si" - "no"...'),
        ("1.º\u00a0aviso", "1.o aviso"),
        ("cafe\u0301 an\u0303o", "café año"),
    ],
)
def test_text_is_spelt_in_letters_of_gsm7(written: str, plain: str):
    assert (spelt_plainly(written), is_gsm7(spelt_plainly(written))) == (plain, True)


def test_what_has_no_plain_spelling_stays():
    assert spelt_plainly("🙂 А") == "🙂 А"
