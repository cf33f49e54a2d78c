"""Mask phone numbers in any text, in every encoding they appear in.

A net under the rule that logs hold codes only: a provider's exception, a traceback or
a library's debug line may carry a number that our own code never wrote.
"""

import re

MASK = "[number]"

# Digits that are no number, however they are grouped: UUIDs, provider ids, dates.
_KEPT = (
    r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
    r"|\b[A-Z]{2}[0-9a-f]{32}\b"
    r"|\b\d{4}-\d{2}-\d{2}(?!\d)(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?"
)
# What may stand between digits: signs, plain or percent-encoded, or a form's plus.
_GAP = r"(?:[ \u00a0().\-+]|%20|%28|%29)"
# Not inside a word, an id or a decimal; an escape before it is no part of a word.
_START = r"(?:(?<![\w\-])(?<!\d[.:/])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"
_END = r"(?!\w|-\w|[.:]\d)"
_DIGITS = rf"{_GAP}{{0,3}}\d(?:{_GAP}{{0,2}}\d){{7,14}}"
# A plus sign (plain, percent-encoded or as a JSON escape), or the international 00.
_PREFIXED = rf"(?:\+|%2[Bb]|\\u002[Bb]){_DIGITS}|{_START}00{_DIGITS}{_END}"
_BARE = rf"{_START}\d{{10,15}}{_END}"
# Ten national digits in groups, as people write them.
_GROUPED = (
    rf"{_START}\(?\d{{2,3}}\)?{_GAP}{{1,2}}\d{{3,4}}{_GAP}\d{{4}}{_END}"
    rf"|{_START}\(?\d{{2}}\)?(?:{_GAP}\d{{2}}){{4}}{_END}"
)
_ANY = re.compile(rf"(?P<kept>{_KEPT})|{_PREFIXED}|{_GROUPED}|{_BARE}", re.ASCII)


def redact(text: str) -> str:
    return _ANY.sub(lambda found: found["kept"] or MASK, text)
