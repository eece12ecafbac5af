"""What commands let a person choose, and what they say when the choice is not clear."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import CommandError

from annotation.models import Workspace


def add_workspace(parser: ArgumentParser) -> None:
    """Take `--workspace SLUG`."""
    parser.add_argument("--workspace", help="The workspace's slug; may be left out when there is only one.")


def workspace(slug: str | None) -> Workspace:
    """The one with that slug, or the only one. Raises CommandError that names those there are."""
    found = Workspace.objects.filter(slug=slug) if slug else Workspace.objects.all()
    rows = list(found[:2])
    if len(rows) == 1:
        return rows[0]
    known = ", ".join(Workspace.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none yet"
    raise CommandError(f"Name a workspace with --workspace; there are: {known}.")
