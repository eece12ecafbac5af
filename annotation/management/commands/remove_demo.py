"""Take the demo away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from annotation.domain.demo import removal


class Command(BaseCommand):
    """Removes nothing but workspaces that are marked as a demo, and the demo's own accounts."""

    help = "Remove the demo workspace with everything in it, and the demo accounts."

    def handle(self, **_options: Any) -> None:
        """Remove it."""
        count = removal.remove()
        self.stdout.write("The demo is gone." if count else "There is no demo.")
