"""Import transcripts of conversations from files."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from pydantic import ValidationError

from annotation.domain.imports import traces
from annotation.domain.imports.plan import KIND, ImportPlan
from annotation.domain.imports.reading import UnreadableFileError
from annotation.domain.work import jobs
from annotation.management import choosing
from annotation.models import Feedback, Job, Workspace

_PATHS = {
    "messages": "the list of messages (default: messages)",
    "records": "the list of records inside a JSON document",
    "id": "what identifies the record (default: its content)",
    "group": "what belongs together, such as several attempts at one task: becomes metadata.group",
    "thread": "the conversation that the record belongs to",
    "user": "the user",
    "model": "the model",
    "started-at": "when it began: ISO 8601, or seconds since 1970",
}


class Command(BaseCommand):
    """Each record becomes a trace, its model and tool calls runs. Importing a file again changes nothing."""

    help = "Import chat transcripts (OpenAI messages) from JSON or JSON Lines, gzipped or not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what can be given; fields are paths into a record, with dots."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        choosing.add_workspace(parser)
        parser.add_argument("--project", help="The project's name (default: the file's).")
        parser.add_argument("--name", help="What model calls are called (default: the file's name).")
        for path, words in _PATHS.items():
            parser.add_argument(f"--{path}", metavar="FIELD", help=f"Field with {words}.")
        parser.add_argument(
            "--score", action="append", default=[], metavar="FIELD", help="Becomes feedback; repeatable."
        )
        parser.add_argument("--source", default="api", choices=Feedback.Source.values, help="Who gave the scores.")
        parser.add_argument("--good-from", type=float, help="From which score on a trace is good, and below which bad.")
        parser.add_argument("--background", action="store_true", help="Leave the work to the worker.")

    def handle(self, **options: Any) -> None:
        """Import one file after the other."""
        logging.getLogger().setLevel(logging.WARNING)  # this terminal is for a person
        workspace = choosing.workspace(options["workspace"])
        for file in options["files"]:
            job = _job(file, workspace, options)
            if options["background"]:
                self.stdout.write(f"{job.title}: job {job.uuid}")
                continue
            self._drive(job)

    def _drive(self, job: Job) -> None:
        while job.status in jobs.UNFINISHED:
            jobs.drive(job_id=job.pk, kinds={KIND: traces.prepare}, after_step=self._show)
            job.refresh_from_db()
        if job.status != Job.Status.DONE:
            raise CommandError(f"{job.title}: {job.status}. {job.failure}")
        counts = job.result
        self.stdout.write(
            f"{job.title}: {counts.get('imported', 0)} traces imported, {counts.get('known', 0)} were there already, "
            f"{job.problem_count} problems"
        )
        for problem in job.problems:
            self.stderr.write(f"  {problem['place']}: {problem['message']}")

    def _show(self, job: Job) -> None:
        self.stderr.write(f"{job.done_count} of {job.total_count}")


def _job(file: Path, workspace: Workspace, options: dict[str, Any]) -> Job:
    stem = file.name.partition(".")[0]
    named = {path.replace("-", "_"): options[path.replace("-", "_")] for path in _PATHS}
    fields = {name: value for name, value in named.items() if value is not None}
    try:
        plan = ImportPlan(
            project=options["project"] or stem,
            name=options["name"] or stem,
            scores=tuple(options["score"]),
            source=options["source"],
            good_from=options["good_from"],
            **fields,
        )
        return traces.start(workspace=workspace, plan=plan, content=file.read_bytes(), filename=file.name, by=None)
    except (OSError, UnreadableFileError, ValidationError) as problem:
        raise CommandError(f"{file}: {problem}") from problem
