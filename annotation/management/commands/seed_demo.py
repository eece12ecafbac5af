"""Load the demo, once, and say how to sign in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from annotation.domain.demo import cast, loader


class Command(BaseCommand):
    """Safe to run again: the demo that is there stays as it is."""

    help = "Load the demo workspace (once) and print its sign-ins."

    def handle(self, **_options: Any) -> None:
        """Load it unless it is there."""
        demo = loader.load(now=timezone.now())
        state = "loaded" if demo.is_new else "already there"
        count = loader.counted(demo.workspace)
        self.stdout.write(f"Demo {state}: workspace “{demo.workspace.name}” with {count} traces. Sign in as")
        for part in cast.PARTS:
            self.stdout.write(f"  {part.email:<24} {part.role}")
        self.stdout.write(f"with the password {cast.password()}\nRemove it all with: manage.py remove_demo")
