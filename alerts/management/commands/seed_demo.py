import os
import secrets
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from alerts.services.demo import COORDINATOR, seed_demo


class Command(BaseCommand):
    help = "Load a fictional cast. Refuses anywhere but beside the emulator."

    def handle(self, *args: Any, **options: Any) -> None:
        host = urlsplit(settings.TWILIO_API_BASE_URL).hostname
        if host not in {"127.0.0.1", "localhost", "::1"}:
            raise CommandError(
                "Demo data loads only beside the emulator (TWILIO_API_BASE_URL on this"
                " machine): here it would mix invented people with real ones."
            )
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(12)
        counts = seed_demo(password=password, now=timezone.now())
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
        if not os.environ.get("DEMO_PASSWORD"):
            self.stdout.write(f"sign-in: {COORDINATOR} / {password}")
