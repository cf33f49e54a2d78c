"""The smallest TwiML: an answer to an incoming text that may hold replies."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

MAX_REPLIES = 10


class BadTwiml(Exception):
    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Reply:
    text: str
    to: str | None
    sender: str | None


def read_replies(content_type: str, body: str) -> list[Reply]:
    if not body.strip():
        return []
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in {"text/xml", "application/xml", "text/html"}:
        raise BadTwiml(12300, f"The answer's content type is {kind or 'missing'}.")
    if "<!DOCTYPE" in body or "<!ENTITY" in body:
        raise BadTwiml(12100, "The answer has a document type, which TwiML has not.")
    try:
        # Without a document type there are no entities to expand.
        root = ET.fromstring(body.strip())  # noqa: S314
    except ET.ParseError as error:
        raise BadTwiml(12100, f"The answer is not XML ({error}).") from error
    if root.tag != "Response":
        raise BadTwiml(12100, "The answer's root is not <Response>.")
    replies = [_reply(node) for node in root if node.tag in {"Message", "Sms"}]
    if len(replies) > MAX_REPLIES:
        raise BadTwiml(14109, "The answer holds more than ten messages.")
    return replies


def _reply(node: ET.Element) -> Reply:
    bodies = [b.text or "" for b in node.findall("Body")]
    text = "".join(bodies) if bodies else (node.text or "")
    return Reply(text.strip(), node.get("to"), node.get("from"))
