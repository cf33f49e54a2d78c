"""The X-Twilio-Signature header, computed without Twilio's own library.

Being a second implementation is the point: the tests compare the two.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

HEADER = "X-Twilio-Signature"


def signed_url(url: str) -> str:
    """The URL as it is signed: port kept, user:password and fragment left out."""
    parts = urlsplit(url)
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))


def sign(token: str, url: str, params: Mapping[str, str]) -> str:
    text = signed_url(url) + "".join(name + params[name] for name in sorted(params))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
