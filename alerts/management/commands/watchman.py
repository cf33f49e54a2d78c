import logging
import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from alerts.watchman import watch_once

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Watch, outside the queue, that what is due gets done. Runs until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=float, default=15.0, metavar="SECONDS")
        parser.add_argument("--once", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()

        def leave(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, leave)
        signal.signal(signal.SIGINT, leave)
        while True:
            try:
                watch_once()
            except DatabaseError:
                logger.critical("The watchman cannot reach the database.")
            except Exception:
                logger.exception("The watchman stumbled.")
            close_old_connections()
            if options["once"] or stop.wait(options["every"]):
                return
