"""Twilio's own opt-out layer, which acts on single words before the application.

A block holds between a handset and a scope: the Messaging Service the number is in,
or the number alone. The text is posted to the webhook all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field

STOP_WORDS = frozenset(
    {"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"}
)
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})

STOP_REPLY = (
    "You have successfully been unsubscribed. You will not receive any more "
    "messages from this number. Reply START to resubscribe."
)
START_REPLY = (
    "You have successfully been re-subscribed to messages from this number. "
    "Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
HELP_REPLY = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."


@dataclass
class OptOuts:
    blocked: set[tuple[str, str]] = field(default_factory=set)

    def is_blocked(self, scope: str, handset: str) -> bool:
        return (scope, handset) in self.blocked

    def set(self, scope: str, handset: str, blocked: bool) -> bool:
        """Block or lift; True when that changed something."""
        before = (scope, handset) in self.blocked
        if blocked:
            self.blocked.add((scope, handset))
        else:
            self.blocked.discard((scope, handset))
        return before != blocked


def keyword_of(text: str) -> str | None:
    """ "stop", "start" or "help" when the text is nothing but such a word."""
    word = text.strip().upper()
    if word in STOP_WORDS:
        return "stop"
    if word in START_WORDS:
        return "start"
    return "help" if word in HELP_WORDS else None
