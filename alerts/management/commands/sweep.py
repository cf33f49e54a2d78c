from typing import Any

from django.core.management.base import BaseCommand

from alerts.tasks import sweep_everything
from protection.services.audit import seal_audit


class Command(BaseCommand):
    help = "Do all sweeps once, in this process, without a broker."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in sweep_everything().items():
            self.stdout.write(f"{name}: {count}")
        self.stdout.write(f"sealed: {seal_audit()}")
