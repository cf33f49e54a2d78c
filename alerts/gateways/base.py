"""The small interface behind which every provider stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alerts.rules.delivery import ErrorClass


@dataclass(frozen=True, slots=True)
class Letter:
    """One text to hand over."""

    to: str
    text: str
    callback_url: str


@dataclass(frozen=True, slots=True)
class Accepted:
    provider_sid: str
    status: str


class GatewayError(Exception):
    """The provider did not take the text, or we do not know whether it did.

    Carries codes only: a provider's message may hold a phone number.
    """

    def __init__(
        self,
        error_class: ErrorClass,
        *,
        code: int | None = None,
        http_status: int | None = None,
    ) -> None:
        super().__init__(f"{error_class.value} (code {code}, HTTP {http_status})")
        self.error_class = error_class
        self.code = code
        self.http_status = http_status


class Gateway(Protocol):
    def send(self, letter: Letter) -> Accepted:
        """Hand one text over.

        Raises:
            GatewayError: with the class that says what may be done next.
        """

    def find(
        self, letter: Letter, *, since: datetime, besides: frozenset[str]
    ) -> Accepted | None:
        """Look for a text in the provider's list. A hit proves it; a miss, nothing.

        Args:
            besides: provider ids that belong to other attempts.

        Raises:
            GatewayError: the list could not be read.
        """
