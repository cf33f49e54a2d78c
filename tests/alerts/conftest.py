from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from twilio.request_validator import RequestValidator

Post = Callable[..., HttpResponse]

INBOUND = "/alerts/twilio/inbound/"
NUMBER = "+520000000000"
SID = "SM0123456789abcdef0123456789abcdef"


def form(**changes: Any) -> dict[str, str]:
    """The fields of a real request (MESSAGING 11.3), blank ones too."""
    fields = {
        "ToCountry": "MX",
        "ToState": "",
        "SmsMessageSid": SID,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": SID,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": "ayuda",
        "FromCountry": "MX",
        "To": NUMBER,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": SID,
        "AccountSid": settings.TWILIO_ACCOUNT_SID,
        "From": "+520088880000",
        "ApiVersion": "2010-04-01",
    }
    return {
        key: value for key, value in (fields | changes).items() if value is not None
    }


def sign(path: str, fields: Any, token: str | None = None) -> str:
    validator = RequestValidator(token or settings.TWILIO_AUTH_TOKEN)
    return str(validator.compute_signature(settings.PUBLIC_BASE_URL + path, fields))


@pytest.fixture
def post(client: Client) -> Post:
    """Post a form as the provider does; `signature` replaces the right one."""

    def send(
        fields: dict[str, str], path: str = INBOUND, signature: str | None = "right"
    ) -> HttpResponse:
        headers = {}
        if signature is not None:
            right = sign(path, fields)
            headers["X-Twilio-Signature"] = right if signature == "right" else signature
        return client.post(
            path,
            urlencode(fields),
            content_type="application/x-www-form-urlencoded",
            headers=headers,
        )

    return send
