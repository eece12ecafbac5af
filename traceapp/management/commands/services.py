"""The embedded servers, by hand."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from traceapp import embedded


class Command(BaseCommand):
    """They start and stop by themselves; this is for looking, and for whoever wants them to stay."""

    help = "Look at the embedded PostgreSQL and Redis, keep them running until Ctrl-C, or stop them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do."""
        parser.add_argument("action", choices=["status", "run", "stop"])

    def handle(self, *, action: str, **_unused: Any) -> None:
        """Do it, then say what runs."""
        if action == "stop":
            embedded.stop()
        if action == "run":
            self._run()
        self._say()

    def _run(self) -> None:
        ended = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_unused: ended.set())
        embedded.join()
        self._say()
        ended.wait()
        embedded.leave()

    def _say(self) -> None:
        for name, runs in embedded.status().items():
            self.stdout.write(f"{name} {'runs' if runs else 'does not run'} in {embedded.home()}")
