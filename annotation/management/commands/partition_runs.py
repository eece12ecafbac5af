"""Put runs into partitions by month."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone

from annotation.domain.retention import partitions


class Command(BaseCommand):
    """Beside running web processes and workers; no row is copied. Called again, it goes on or does nothing."""

    help = "Put the table of runs into partitions by month of arrival (docs/scaling.md says when that pays)."

    def handle(self, **_options: Any) -> None:
        """Do it, and say what there is now."""
        try:
            partitions.partition(now=timezone.now())
        except OperationalError as problem:
            raise CommandError(f"{problem}\nNothing is changed. Try again when less is going on.") from problem
        for one in partitions.existing():
            self.stdout.write(f"{one.table}: traces with keys below {one.end}")
