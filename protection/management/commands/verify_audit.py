from typing import Any

from django.core.management.base import BaseCommand, CommandError

from protection.services.audit import seal_audit, verify_audit


class Command(BaseCommand):
    help = "Recompute the audit chain. Exit status 1 when it does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        seal_audit()
        found = verify_audit()
        self.stdout.write(f"Sealed events: {found.sealed}")
        self.stdout.write(f"Not yet sealed: {found.unsealed}")
        if found.broken_at is not None:
            raise CommandError(
                f"The chain breaks at position {found.broken_at}: an event was changed"
                " or removed there. Keep this database as it is and compare with the"
                " last head you noted elsewhere."
            )
        self.stdout.write(f"Head: {found.head.hex()}")
        self.stdout.write("The chain holds. Note position and head outside this host.")
