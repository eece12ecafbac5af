"""Write one version of a dataset to a file, or to standard output."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.domain.datasets import export
from annotation.domain.datasets.problems import NoSuchVersionError
from annotation.domain.datasets.writers import Format
from annotation.management import choosing
from annotation.models import Dataset, Workspace


class Command(BaseCommand):
    """The same bytes as the export button and the REST interface give."""

    help = "Write one version of a dataset as JSON Lines or CSV."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """A parser in which --version means the dataset's, not Django's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what can be given."""
        parser.add_argument("name", help="The dataset's name, or its id.")
        choosing.add_workspace(parser)
        parser.add_argument("--version", type=int, dest="number", help="The version's number; default: the newest.")
        parser.add_argument("--format", choices=[form.value for form in Format], default=Format.JSONL.value)
        parser.add_argument("--split", help="Only the rows of this split.")
        parser.add_argument("--output", default="-", help="A file; - (the default) is standard output.")

    def handle(self, **options: Any) -> None:
        """Write it."""
        dataset = _dataset(options["name"], choosing.workspace(options["workspace"]))
        number = dataset.version if options["number"] is None else options["number"]
        form = Format(options["format"])
        try:
            pieces = export.stream(dataset=dataset, number=number, form=form, split=options["split"])
        except NoSuchVersionError as problem:
            raise CommandError(str(problem)) from problem
        if options["output"] == "-":
            _print(pieces)
            return
        _write(Path(options["output"]), pieces)
        self.stderr.write(f"{dataset.name} version {number}: written to {options['output']}")


def _dataset(name: str, workspace: Workspace) -> Dataset:
    datasets = Dataset.objects.filter(workspace=workspace)
    found = datasets.filter(name__iexact=name).first()
    found = found or next((row for row in datasets.only("uuid", "name", "version") if str(row.uuid) == name), None)
    if found is None:
        known = ", ".join(datasets.order_by("name").values_list("name", flat=True)[:20]) or "none yet"
        raise CommandError(f"The workspace {workspace.slug} has no dataset “{name}”; it has: {known}.")
    return found


def _print(pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    """All of it or nothing: a broken export never stands under the name that was asked for."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            file.writelines(pieces)
        unfinished.replace(path)
    except OSError as problem:
        raise CommandError(f"Cannot write {path}: {problem.strerror}.") from problem
    finally:
        unfinished.unlink(missing_ok=True)
