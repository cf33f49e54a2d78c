"""References that a tired person can copy from a screen: no look-alikes.

Left out: 0 O, 1 I L, 5 S, 8 B. At least one letter and one digit, so that no word of a
sentence is taken for a code.
"""

from random import Random
from secrets import SystemRandom

LETTERS = "ACDEFGHJKMNPQRTUVWXYZ"
DIGITS = "234679"
LENGTH = 4

_chance = SystemRandom()


def new_code(chance: Random = _chance) -> str:
    """A random code; nothing of the alert can be read from it or guessed."""
    while True:
        code = "".join(chance.choices(LETTERS + DIGITS, k=LENGTH))
        if looks_like_code(code):
            return code


def looks_like_code(text: str) -> bool:
    upper = text.upper()
    return (
        len(upper) == LENGTH
        and all(letter in LETTERS + DIGITS for letter in upper)
        and any(letter in LETTERS for letter in upper)
        and any(letter in DIGITS for letter in upper)
    )


def receipt_reference(chance: Random = _chance) -> str:
    """Four digits for a receipt that must look like nothing (MESSAGING 11.2)."""
    return f"{chance.randrange(1000, 10000)}"
