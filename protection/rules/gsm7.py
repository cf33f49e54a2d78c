"""How long a text is on the air: GSM 03.38, 160 septets, or UCS-2, 70 units.

Spanish á í ó ú are not in the alphabet (é ñ ü ¿ ¡ are): one of them cuts a segment
from 160 characters to 70. Texts we write are brought into the alphabet; what a person
wrote is never changed.
"""

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_SPELT_PLAINLY = str.maketrans(
    {
        "á": "a", "í": "i", "ó": "o", "ú": "u", "Á": "A", "Í": "I", "Ó": "O",
        "Ú": "U", "ç": "c", "“": '"', "”": '"', "«": '"', "»": '"', "‘": "'",
        "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " ", "º": "o", "ª": "a",
    }
)  # fmt: skip


def spelt_plainly(text: str) -> str:
    """The text in the letters of GSM-7, as far as Spanish needs."""
    return unicodedata.normalize("NFC", text).translate(_SPELT_PLAINLY)


def is_gsm7(text: str) -> bool:
    return all(letter in _BASIC or letter in _EXTENDED for letter in text)


def segments(text: str) -> int:
    """How many messages the network carries for this text.

    A character of two units is never split across parts.
    """
    if is_gsm7(text):
        return _parts([2 if letter in _EXTENDED else 1 for letter in text], 160, 153)
    return _parts([2 if ord(letter) > 0xFFFF else 1 for letter in text], 70, 67)


def _parts(units: list[int], alone: int, part: int) -> int:
    if sum(units) <= alone:
        return 1
    parts, room = 1, part
    for size in units:
        if size > room:
            parts, room = parts + 1, part
        room -= size
    return parts
