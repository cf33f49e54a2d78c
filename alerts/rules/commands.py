"""What a text means. Nothing here can refuse a text: what is not understood is an
alert for a human (CONTRACT section 6, 8.6)."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from alerts.rules.codes import looks_like_code

LONGEST_WORD = 60  # squashed letters; a personal word is a word or two, not a letter
_DIGIT_WORDS = {"1": 1, "uno": 1, "one": 1, "2": 2, "dos": 2, "two": 2, "3": 3,
                "tres": 3, "three": 3}  # fmt: skip
_TOKEN = re.compile(r"[^\W_]+")
_DURATION = re.compile(
    r"(?:hasta|a|por|en|until|at|for|in)?\s*(?:las?\s+)?"
    r"\d{1,2}(?:[:.h]\d{2})?\s*(?:h|hs|hrs|horas?|hours?|m|min|minutos?|am|pm)?"
)


def plain(text: str) -> str:
    """Lower case, without accents or the marks that dress a digit as an emoji."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if unicodedata.category(c) not in {"Mn", "Me"})


def squashed(text: str) -> str:
    """Letters and digits only: how personal words are compared."""
    return "".join(_TOKEN.findall(plain(text)))


def leading_words(text: str) -> list[str]:
    """Every beginning of the text that ends at the end of a word, squashed."""
    words, so_far = [], ""
    for token in _TOKEN.findall(plain(text)):
        so_far += token
        if len(so_far) > LONGEST_WORD:
            break
        words.append(so_far)
    return words


class PersonWord(StrEnum):
    ALERT = "alert"
    DURESS = "duress"
    OK = "ok"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A person's words as keyed fingerprints; empty where none was agreed."""

    alert: str
    ok: str
    duress: str


def read_person(
    text: str, words: OwnWords, *, fingerprint: Callable[[str], str]
) -> PersonWord:
    """Which of their own words a person's text begins with. Duress comes first."""
    beginnings = leading_words(text)
    prints = [fingerprint(beginning) for beginning in beginnings]
    if words.duress and words.duress in prints:
        return PersonWord.DURESS
    if words.alert and words.alert in prints:
        return PersonWord.ALERT
    if words.ok and words.ok in prints:
        return _after_ok(text, beginnings[prints.index(words.ok)])
    return PersonWord.OTHER


def _after_ok(text: str, word: str) -> PersonWord:
    """After the ok word only a time or a duration may follow."""
    end, so_far = 0, ""
    for token in _TOKEN.finditer(plain(text)):
        so_far += token[0]
        end = token.end()
        if so_far == word:
            break
    rest = plain(text)[end:].strip(" \t\r\n.,;:!¡-")
    is_time = not rest or _DURATION.fullmatch(rest)
    return PersonWord.OK if is_time else PersonWord.OTHER


class OptOut(StrEnum):
    STOP = "opted_out"
    START = "opted_in"


# Single words on which the provider itself blocks or unblocks a number (MESSAGING 5).
_STOP = frozenset(
    {"stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout"}
)
_START = frozenset({"start", "unstop", "yes"})


def read_opt_out(text: str) -> OptOut | None:
    """What the provider makes of this text before we see it: one word, any case."""
    word = plain(text).strip()
    if word in _STOP:
        return OptOut.STOP
    return OptOut.START if word in _START else None


class ReplyVerb(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    DECLINE = "decline"
    TAKE_CHARGE = "take_charge"


_VERBS = {1: ReplyVerb.ACKNOWLEDGE, 2: ReplyVerb.DECLINE, 3: ReplyVerb.TAKE_CHARGE}


@dataclass(frozen=True, slots=True)
class Reply:
    verb: ReplyVerb
    code: str | None  # None: the bare digit


def read_reply(text: str) -> Reply | None:
    """Read ``1 K7Q2``, ``1K7Q2``, ``Uno k7q2 voy``, ``1.`` or ``1️⃣``.

    Words may follow a code. A second code may not: then a human reads it.
    """
    tokens = _TOKEN.findall(plain(text))
    if not tokens:
        return None
    first, *rest = tokens
    if first not in _DIGIT_WORDS and first[0] in "123" and looks_like_code(first[1:]):
        first, rest = first[0], [first[1:], *rest]
    digit = _DIGIT_WORDS.get(first)
    if digit is None:
        return None
    if not rest:
        return Reply(_VERBS[digit], None)
    code, *others = rest
    if not looks_like_code(code) or any(looks_like_code(other) for other in others):
        return None
    return Reply(_VERBS[digit], code.upper())
