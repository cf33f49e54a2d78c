"""Requests as the provider makes them, signed with the keys of the measured system."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

INBOUND = "/alerts/twilio/inbound/"
OUR_NUMBER = "+520000000000"
BLANK = ("ToState", "ToCity", "ToZip", "FromState", "FromCity", "FromZip")


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Signer:
    def __init__(self, port: int, keys: Mapping[str, str]) -> None:
        self._url = f"http://127.0.0.1:{port}{INBOUND}"
        self._account = keys["TWILIO_ACCOUNT_SID"]
        self._token = keys["TWILIO_AUTH_TOKEN"].encode()

    def text(self, sender: str, words: str) -> Request:
        """A new message of 18 fields, about 470 bytes (MESSAGING 11.3)."""
        sid = f"SM{secrets.token_hex(16)}"
        fields = {
            **dict.fromkeys(BLANK, ""),
            "ToCountry": "MX",
            "FromCountry": "MX",
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "MessageSid": sid,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "Body": words,
            "From": sender,
            "To": OUR_NUMBER,
            "AccountSid": self._account,
            "ApiVersion": "2010-04-01",
        }
        signed = self._url + "".join(name + fields[name] for name in sorted(fields))
        digest = hmac.new(self._token, signed.encode(), hashlib.sha1).digest()
        return Request(
            "POST",
            INBOUND,
            urlencode(fields),
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": base64.b64encode(digest).decode(),
            },
        )
