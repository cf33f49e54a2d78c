"""What the import commands share: dry run, all or nothing, a report per row."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from protection.services.spreadsheet import Row, UnreadableFile

Parsed = TypeVar("Parsed")


class ImportCommand(BaseCommand, Generic[Parsed]):
    """Read every row, name every problem, and write all rows or none."""

    read: Callable[[Path], tuple[list[Parsed], list[Row]]]
    save: Callable[..., bool]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="check everything, write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            good, bad = type(self).read(options["file"])
        except UnreadableFile as error:
            raise CommandError(str(error)) from None
        for row in bad:
            for problem in row.problems:
                self.stderr.write(str(problem))
        if bad:
            raise CommandError(
                f"{len(bad)} of {len(good) + len(bad)} rows cannot be used;"
                " nothing was imported. Correct them and run the command again."
            )
        changed = self._write(good, dry_run=options["dry_run"], now=timezone.now())
        verb = "would change" if options["dry_run"] else "changed"
        self.stdout.write(f"Rows read: {len(good)}; {verb}: {changed}.")

    @transaction.atomic
    def _write(self, rows: list[Parsed], *, dry_run: bool, now: datetime) -> int:
        changed = sum(type(self).save(row, by="import", now=now) for row in rows)
        transaction.set_rollback(dry_run)
        return changed
