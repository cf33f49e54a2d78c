"""How urgent is it? From what the person wrote; refined later by history and area."""

from dataclasses import dataclass

from alerts.choices import AlertKind, Severity
from alerts.rules.commands import PersonWord

URGENT = "urgente"
REVIEW = "revisar"


@dataclass(frozen=True, slots=True)
class Judgement:
    kind: AlertKind
    severity: Severity
    policy: str


_BY_WORD = {
    PersonWord.ALERT: Judgement(AlertKind.ALARM, Severity.CRITICAL, URGENT),
    PersonWord.DURESS: Judgement(AlertKind.DURESS, Severity.CRITICAL, URGENT),
}
_FOR_A_HUMAN = Judgement(AlertKind.UNCLEAR, Severity.MEDIUM, REVIEW)


def judge(word: PersonWord) -> Judgement:
    """Their own alert or duress word is urgent; anything else is for a human to read.

    The ok word has no meaning of its own until somebody expects it, so it is read too.
    """
    return _BY_WORD.get(word, _FOR_A_HUMAN)
