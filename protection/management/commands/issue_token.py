from argparse import ArgumentParser
from datetime import UTC, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from protection.choices import Scope
from protection.models import ApiToken
from protection.services.tokens import issue_token


class Command(BaseCommand):
    help = "Make an API token; printed alone on the last line, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="who will use it; unique")
        parser.add_argument(
            "--scopes", nargs="+", required=True, metavar="SCOPE", choices=Scope.values
        )
        parser.add_argument("--expires", help="a date or time (ISO 8601), UTC")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].strip()
        if not name or len(name) > 80:
            raise CommandError("The name must have 1 to 80 characters.")
        if ApiToken.objects.filter(name=name).exists():
            raise CommandError(
                "A token of this name exists. Revoke it with revoke_token,"
                " or choose another name."
            )
        token = issue_token(
            name=name,
            scopes=options["scopes"],
            expires_at=_moment(options["expires"]),
            by="command",
            now=timezone.now(),
        )
        self.stdout.write("Keep this token now: it cannot be shown again.")
        self.stdout.write(token)


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        day = parse_date(text)  # a day counts to its end
        moment = datetime.combine(day, time.max) if day else parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError("--expires must be a date such as 2027-01-31 (ISO 8601).")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment <= timezone.now():
        raise CommandError("--expires lies in the past.")
    return moment
