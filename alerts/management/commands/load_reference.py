from typing import Any

from django.core.management.base import BaseCommand

from alerts.services.reference import load_policies
from protection.services.reference import load_calendars, load_territory


class Command(BaseCommand):
    help = "Load territory, calendars and default policies. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = load_territory() | load_calendars() | load_policies()
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
