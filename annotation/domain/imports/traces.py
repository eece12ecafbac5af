"""Importing a file of transcripts: a job that stores some records at a time.

A trace's id follows from the project and the record's id (or, without one, its content), and a trace that is there is
left alone: importing a file twice changes nothing, and a job that was killed goes on where it stood.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import PurePath
from uuid import UUID

from annotation.domain.feedback import configs, giving
from annotation.domain.feedback.targets import Target
from annotation.domain.feedback.validation import Content
from annotation.domain.imports import reading, transcripts
from annotation.domain.imports.plan import KIND, ImportPlan
from annotation.domain.imports.reading import Numbered
from annotation.domain.imports.transcripts import Transcript, UnreadableTranscriptError
from annotation.domain.ingest import receive, store
from annotation.domain.ingest.values import as_text
from annotation.domain.projects import registry
from annotation.domain.work import jobs
from annotation.models import Job, JobPayload, Project, Trace, User, Workspace

BATCH = 20


def start(*, workspace: Workspace, plan: ImportPlan, content: bytes, filename: str, by: User | None) -> Job:
    """Make the job that imports a file. Raises UnreadableFileError if it is no file of records at all."""
    reading.read(content, path=plan.records)
    title = f"Import {PurePath(filename).name} into {plan.project}"
    return jobs.create(
        workspace=workspace, kind=KIND, title=title, plan=plan.model_dump(mode="json"), by=by, payload=content
    )


def prepare(job: Job) -> jobs.Step:
    """Read the file once; the step that stores its next records."""
    plan = ImportPlan.model_validate(job.plan)
    payload = JobPayload.objects.get(job=job)
    records = reading.read(bytes(payload.content), path=plan.records)
    identifiers = _identifiers(records, plan)

    def step(job: Job) -> bool:
        position = int(job.cursor.get("position", 0))
        if position == 0:
            _begin(job, plan)
        job.total_count = len(records)
        chosen = range(position, min(position + BATCH, len(records)))
        found = [_read(job, plan, records[index], identifiers[index], index) for index in chosen]
        _store(job, plan, [transcript for transcript in found if transcript])
        job.cursor, job.done_count = {"position": chosen.stop}, chosen.stop
        return chosen.stop >= len(records)

    return step


def _identifiers(records: Sequence[Numbered], plan: ImportPlan) -> list[str]:
    """What names each record: its id, else its content; the second of two equal ones is another one."""
    seen: Counter[str] = Counter()
    names = []
    for numbered in records:
        name = as_text(reading.at(numbered.record, plan.id)) or transcripts.digest(numbered.record)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def _begin(job: Job, plan: ImportPlan) -> None:
    if plan.good_from is not None:
        for path in plan.scores:
            key = path.rpartition(".")[2]
            configs.ensure_number(workspace=job.workspace, key=key, good_from=plan.good_from, by=job.created_by)


def _read(job: Job, plan: ImportPlan, numbered: Numbered, identifier: str, index: int) -> Transcript | None:
    problem = numbered.problem
    try:
        if problem is None:
            started = _start(job.created_at, index)
            return transcripts.read(numbered.record, plan=plan, identifier=identifier, started_ns=started)
    except UnreadableTranscriptError as unreadable:
        problem = str(unreadable)
    jobs.note_problem(job, place=f"record {numbered.number}", message=problem)
    return None


def _start(created_at: datetime, index: int) -> int:
    """Records without times come one millisecond after the other, from the moment the import was asked for."""
    moment = created_at + timedelta(milliseconds=index)
    return int(moment.timestamp() * 1_000_000) * 1000


def _store(job: Job, plan: ImportPlan, found: Sequence[Transcript]) -> None:
    """Store the transcripts that are not there yet."""
    known = _known(job, [transcript.trace_id for transcript in found])
    new = [transcript for transcript in found if transcript.trace_id not in known]
    counts = Counter(job.result) + Counter(imported=len(new), known=len(found) - len(new))
    project_id = registry.ensure(workspace_id=job.workspace_id, names=[plan.project])[plan.project]
    destination = store.Destination(job.workspace_id, {plan.project: project_id})
    rejected = receive.store_what_can_be([run for transcript in new for run in transcript.runs], destination)
    if rejected.count:
        jobs.note_problem(job, place=f"records up to {job.done_count + len(found)}", message=rejected.message)
    _judge(job, plan, new, Project.objects.get(pk=project_id))
    job.result = dict(counts)


def _known(job: Job, uuids: Sequence[UUID]) -> set[UUID]:
    return set(Trace.objects.filter(workspace=job.workspace_id, uuid__in=uuids).values_list("uuid", flat=True))


def _judge(job: Job, plan: ImportPlan, new: Sequence[Transcript], project: Project) -> None:
    given = [
        giving.Given(
            target=Target(trace_id=transcript.trace_id),
            content=Content(score.key, score.score, score.value),
            source=plan.source,
            client_id=f"import:{transcript.trace_id}:{score.key}"[:200],
        )
        for transcript in new
        for score in transcript.scores
    ]
    if not given:
        return
    outcomes = giving.give_many(workspace=job.workspace, given=given, now=job.created_at, project=project)
    for one, outcome in zip(given, outcomes, strict=True):
        if outcome.feedback is None:
            words = "; ".join(word for words in outcome.problems.values() for word in words)
            jobs.note_problem(job, place=f"{one.content.key} of trace {one.target.trace_id}", message=words)
