import pytest

from protection.rules.sealing import SealBroken, blind_index, key_id, seal, unseal

OLD, NEW, FOREIGN = b"o" * 32, b"n" * 32, b"f" * 32
VALUE = b"Elena Rivas"
PLACE = "protection.person.given_names:1"


def refusal(sealed: bytes, *, keys=(NEW,), context: str = PLACE) -> str:
    with pytest.raises(SealBroken) as caught:
        unseal(sealed, keys=keys, context=context)
    return str(caught.value)


@pytest.mark.parametrize(
    "value", [b"", b"x", VALUE, "ñandú 🦅".encode(), bytes(5000)], ids=len
)
def test_sealed_value_opens_as_it_was(value: bytes):
    sealed = seal(value, key=NEW, context=PLACE)

    assert unseal(sealed, keys=[NEW], context=PLACE) == value


def test_same_value_is_sealed_differently_each_time():
    first, second = (seal(VALUE, key=NEW, context=PLACE) for _ in range(2))

    assert first != second


def test_sealed_value_does_not_show_the_value():
    assert VALUE not in seal(VALUE, key=NEW, context=PLACE)


def test_wrong_key_does_not_open():
    sealed = seal(VALUE, key=FOREIGN, context=PLACE)

    assert refusal(sealed) == (
        "This value was sealed with a key that is not in FIELD_ENCRYPTION_KEYS."
    )


def test_key_with_a_borrowed_id_does_not_open():
    sealed = seal(VALUE, key=FOREIGN, context=PLACE)
    forged = sealed[:1] + key_id(NEW) + sealed[5:]

    assert refusal(forged) == "This value was changed or belongs to another place."


@pytest.mark.parametrize("position", [5, 16, 17, 25, -1])
def test_changed_byte_does_not_open(position: int):
    sealed = bytearray(seal(VALUE, key=NEW, context=PLACE))
    sealed[position] ^= 1

    assert refusal(bytes(sealed)) == (
        "This value was changed or belongs to another place."
    )


@pytest.mark.parametrize(
    "place",
    [
        "protection.person.given_names:2",
        "protection.person.family_names:1",
        "protection.contact.given_names:1",
        "",
    ],
    ids=["another row", "another field", "another model", "nowhere"],
)
def test_moved_value_does_not_open(place: str):
    sealed = seal(VALUE, key=NEW, context=PLACE)

    assert refusal(sealed, context=place) == (
        "This value was changed or belongs to another place."
    )


@pytest.mark.parametrize("length", [5, 10, 16, 17, 20, 43])
def test_shortened_value_does_not_open(length: int):
    sealed = seal(VALUE, key=NEW, context=PLACE)[:length]

    assert refusal(sealed) == "This value was changed or belongs to another place."


@pytest.mark.parametrize("value", [b"", b"plain text"], ids=["empty", "unsealed"])
def test_value_that_was_never_sealed_is_refused(value: bytes):
    assert refusal(value) == "This value has an unknown format."


def test_unknown_version_is_refused():
    sealed = b"\x02" + seal(VALUE, key=NEW, context=PLACE)[1:]

    assert refusal(sealed) == "This value has an unknown format."


def test_older_key_still_opens():
    sealed = seal(VALUE, key=OLD, context=PLACE)

    assert unseal(sealed, keys=[NEW, OLD], context=PLACE) == VALUE


def test_refusal_holds_neither_value_nor_place():
    sealed = seal(VALUE, key=NEW, context=PLACE)

    said = refusal(sealed, context="protection.person.given_names:Rivas")

    assert [word for word in ("Elena", "Rivas", "person") if word in said] == []


# --- Blind index -----------------------------------------------------------------
def test_blind_index_finds_the_same_value():
    first, second = (
        blind_index("+520010000001", key=NEW, purpose="number") for _ in range(2)
    )

    assert first == second


@pytest.mark.parametrize(
    ("value", "key", "purpose"),
    [
        ("+520010000002", NEW, "number"),
        ("+520010000001", OLD, "number"),
        ("+520010000001", NEW, "word"),
    ],
    ids=["another value", "another key", "another purpose"],
)
def test_blind_index_differs_for(value: str, key: bytes, purpose: str):
    known = blind_index("+520010000001", key=NEW, purpose="number")

    assert blind_index(value, key=key, purpose=purpose) != known


def test_blind_index_is_32_hexadecimal_digits():
    index = blind_index("+520010000001", key=NEW, purpose="number")

    assert (len(index), set(index) - set("0123456789abcdef")) == (32, set())
