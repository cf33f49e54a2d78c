"""Mask phone numbers in any text, in every encoding they appear in.

A net under the rule that logs hold codes only: a provider's exception, a traceback or
a library's debug line may carry a number that our own code never wrote.
"""

import re

MASK = "[number]"

# A plus sign (plain, percent-encoded or as a JSON escape), or the international 00.
_PREFIXED = re.compile(
    r"(?:\+|%2[Bb]|\\u002[Bb]|\b00)[\s%20().\-]{0,3}\d(?:[\s().\-]|%20)?"
    r"(?:\d(?:[\s().\-]|%20){0,2}){6,13}\d"
)
# Ten to fifteen digits on their own: not part of an id, a decimal or a UUID.
_BARE = re.compile(r"(?<![\w\-.:/])\d{10,15}(?![\w\-.:])")
# Ten national digits in groups, as people write them.
_GROUPED = re.compile(r"(?<![\w\-.:])\d{2,3}[ \-.]\d{3,4}[ \-.]\d{4}(?![\w\-.:])")


def redact(text: str) -> str:
    for pattern in (_PREFIXED, _GROUPED, _BARE):
        text = pattern.sub(MASK, text)
    return text
