"""How many SMS parts a text takes, counted as the network counts them.

GSM-7 holds 160 septets in one part and 153 in each of several; one character
outside its tables turns the whole text into UCS-2 with 70 and 67 units. Neither
an escape pair nor a surrogate pair may be cut, so parts are packed one by one.
"""

from __future__ import annotations

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("^{}\\[~]|€\f")

SINGLE = {"GSM-7": 160, "UCS-2": 70}
PART = {"GSM-7": 153, "UCS-2": 67}


def encoding_of(text: str) -> str:
    known = all(c in GSM_BASIC or c in GSM_EXTENSION for c in text)
    return "GSM-7" if known else "UCS-2"


def widths(text: str, encoding: str) -> list[int]:
    """The units each character takes: septets, or UTF-16 code units."""
    if encoding == "GSM-7":
        return [2 if c in GSM_EXTENSION else 1 for c in text]
    return [2 if ord(c) > 0xFFFF else 1 for c in text]


def count_segments(text: str) -> int:
    encoding = encoding_of(text)
    units = widths(text, encoding)
    if sum(units) <= SINGLE[encoding]:
        return 1
    parts, room = 1, PART[encoding]
    for width in units:
        if width > room:
            parts, room = parts + 1, PART[encoding]
        room -= width
    return parts
