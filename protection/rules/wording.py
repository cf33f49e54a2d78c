"""May this text leave? The content policy of every outgoing text, in one place.

Networks, operators and whoever holds the phone read an SMS. DOMAIN 6.5 lists what must
never be in one; MESSAGING R27-R28 and CONTRACT section 6 say what may.
"""

import re
import unicodedata

from protection.rules.gsm7 import is_gsm7, segments, spelt_plainly

# Stems that betray what the text is about, without accents, in Spanish and English.
FORBIDDEN_STEMS = (
    "mecanismo", "segob", "proteccion", "proteg", "medida", "escolta", "boton",
    "panico", "riesgo", "caso", "folio", "denuncia", "fiscal", "secuestr", "periodis",
    "amenaza", "victima", "coaccion", "mechanism", "protection", "measure", "escort",
    "panic", "risk", "case", "journalis", "threat", "victim", "kidnap", "duress",
)  # fmt: skip
_FORBIDDEN = re.compile(rf"\b(?:{'|'.join(FORBIDDEN_STEMS)})")
_LINK = re.compile(r"(?i)https?:|www\.|[a-z0-9-]\.[a-z]{2,}|[a-z0-9-]/[a-z0-9]|@")
_NUMBER = re.compile(r"\d(?:[ ().-]{0,2}\d){6,}")  # however it is grouped


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def objections(text: str, *, own_numbers: frozenset[str]) -> list[str]:
    """Why this text may not leave; empty when it may. Never quotes the text."""
    found = []
    if not text.strip():
        found.append("it is empty")
    if not is_gsm7(text):
        found.append("it has a character outside GSM-7")
    elif segments(text) > 1:
        found.append("it is longer than one segment")
    if _FORBIDDEN.search(_plain(text)):
        found.append("it has a word that betrays what it is about")
    if _LINK.search(text):
        found.append("it has a link or an address")
    ours = {_digits(number) for number in own_numbers}
    if any(_digits(number) not in ours for number in _NUMBER.findall(text)):
        found.append("it has a number that is not ours")
    return found


def code_phrase_problem(phrase: str) -> str | None:
    """What is wrong with an agreed code phrase, or None."""
    as_sent = f"{spelt_plainly(phrase)} 4"  # a digit of severity follows it
    if objections(as_sent, own_numbers=frozenset()):
        return (
            "not usable in a text: use a neutral word of common letters, without"
            " links, long numbers or words about protection"
        )
    return None
