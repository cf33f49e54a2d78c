"""Run a command as an operator does, and read what it said."""

from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.apps import apps
from django.core.management import CommandError, call_command


@dataclass
class Said:
    out: str
    err: str
    failure: str

    @property
    def everything(self) -> str:
        return self.out + self.err + self.failure

    @property
    def lines(self) -> list[str]:
        return self.err.splitlines()


def run(*arguments: Any, **options: Any) -> Said:
    out, err, failure = StringIO(), StringIO(), ""
    try:
        call_command(*arguments, stdout=out, stderr=err, no_color=True, **options)
    except CommandError as error:
        failure = f"{error}{error.__cause__ or ''}"
    return Said(out.getvalue(), err.getvalue(), failure)


def all_rows() -> dict[str, list[tuple[str, str]]]:
    """Every row of ours with its system columns: a rewritten row shows."""
    from django.db import connection

    rows = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.managed and model.__module__.split(".")[0] in {
                "protection",
                "alerts",
            }:
                table = model._meta.db_table
                cursor.execute(f"SELECT xmin::text, ctid::text FROM {table}")
                rows[table] = sorted(cursor.fetchall())
    return rows
