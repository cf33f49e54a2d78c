from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from protection.models import ApiToken
from protection.services.tokens import revoke_token


class Command(BaseCommand):
    help = "Make an API token useless from this moment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        token = ApiToken.objects.filter(
            name=options["name"], revoked_at__isnull=True
        ).first()
        if token is None:
            raise CommandError("No token of this name is in use.")
        revoke_token(token=token, by="command", now=timezone.now())
        self.stdout.write("The token is revoked.")
