import secrets
from argparse import ArgumentParser
from typing import Any

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from alerts.gateways.twilio import signature_for

LIMIT = 15  # seconds, as the provider waits


class Command(BaseCommand):
    help = "Sign and post a text to our own webhook, as the provider would."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="sender", required=True, metavar="NUMBER")
        parser.add_argument("--to", help="one of our numbers", metavar="NUMBER")
        parser.add_argument("--sid", help="to post the same message again")
        parser.add_argument("text", nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        sid = options["sid"] or f"SM{secrets.token_hex(16)}"
        params = {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "AccountSid": settings.TWILIO_ACCOUNT_SID,
            "From": options["sender"],
            "To": options["to"] or settings.TWILIO_INTAKE_NUMBERS[0],
            "Body": " ".join(options["text"]),
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
        }
        path = reverse("alerts:inbound")
        try:
            answer = requests.post(
                settings.PUBLIC_BASE_URL + path,
                data=params,
                headers={"X-Twilio-Signature": signature_for(path=path, params=params)},
                timeout=LIMIT,
            )
        except requests.RequestException:
            raise CommandError(
                f"Nobody answers at {settings.PUBLIC_BASE_URL}. Is the system running?"
            ) from None
        if answer.status_code != 200:
            raise CommandError(
                f"The webhook answered {answer.status_code}: the text was held or"
                " refused. See the texts in quarantine."
            )
        self.stdout.write(f"Accepted as {sid}.")
