"""Is everything there that was acknowledged, once, and does all that is derived agree with the rows?"""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connections
from django.db.models import Count, Q, QuerySet, Sum

from annotation.domain.queues import counts as queue_counts
from annotation.domain.traces import counts as project_counts
from annotation.models import Decision, Feedback, Item, Job, Project, Queue, Run, Trace
from tests.crash import reviewed
from tests.crash.senders import FAILING_EACH, RECORDS, SPANS, Ledger, Load, trace_id

_REST_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Recount:
    """How many things; `problems` says which aggregates are wrong, and how often."""

    acknowledged: int
    found: int
    doubled: int
    problems: Counter[str]

    @property
    def is_right(self) -> bool:
        """Whether all is there once and agrees."""
        return self.acknowledged == self.found and not self.doubled and not self.problems.total()


def recount(load: Load, ledger: Ledger, queue: Queue) -> Recount:
    """Wait until the background work has caught up, then look at everything of one scenario."""
    connections.close_all()  # they may be to a server that is dead
    traces = Trace.objects.filter(project__name=load.project)
    has_rested = _wait_for_rest(traces, load)
    found = _found_traces(load, ledger) + _found_feedback(load, ledger) + _found_imports(load, ledger)
    found += reviewed.found(queue, ledger)
    wrong = _wrong(traces, queue)
    return Recount(
        acknowledged=sum(RECORDS if thing.startswith("import:") else 1 for thing in ledger.acknowledged),
        found=found,
        doubled=_doubled(traces, load) + reviewed.doubled(queue),
        problems=+Counter({"background work not done": 0 if has_rested else 1, **wrong, **reviewed.wrong(queue)}),
    )


def _wait_for_rest(traces: QuerySet[Trace], load: Load) -> bool:
    until = time.monotonic() + _REST_SECONDS
    jobs = Job.objects.filter(plan__project=load.project).exclude(status__in=[Job.Status.DONE])
    while time.monotonic() < until:
        if not traces.filter(settled_at=None, root_run_uuid__isnull=False).exists() and not jobs.exists():
            return True
        time.sleep(0.1)
    return False


def _uuid(load: Load, number: int) -> UUID:
    return UUID(bytes=trace_id(load.scenario, number))


def _found_traces(load: Load, ledger: Ledger) -> int:
    """Traces with all their runs, found by id, whatever the summaries say."""
    wanted = {_uuid(load, number) for number in ledger.numbers("trace")}
    runs = Run.objects.filter(trace__uuid__in=wanted).values("trace__uuid").annotate(count=Count("uuid", distinct=True))
    return sum(row["count"] == SPANS for row in runs)


def _found_feedback(load: Load, ledger: Ledger) -> int:
    wanted = {f"{load.scenario}:{number}" for number in ledger.numbers("feedback")}
    return Feedback.objects.filter(client_id__in=wanted).values("client_id").distinct().count()


def _found_imports(load: Load, ledger: Ledger) -> int:
    """Imported records, by the reply that each ends with; a killed job is found again by its sweep."""
    files = ledger.numbers("import")
    done = Job.objects.filter(plan__project=load.project, status=Job.Status.DONE).values_list("title", flat=True)
    imported = {int(title.split()[1]) for title in done}
    there = Trace.objects.filter(project__name=load.project, output__startswith="Bye").count()
    return min(there, RECORDS * len(imported & files))


def _doubled(traces: QuerySet[Trace], load: Load) -> int:
    """Rows that are there more often than they were sent."""
    runs = Run.objects.filter(trace__in=traces)
    more = traces.annotate(stored=Count("runs")).filter(output__startswith="Bye", stored__gt=1).count()
    more += traces.annotate(stored=Count("runs")).filter(stored__gt=SPANS).count()
    feedback = Feedback.objects.filter(client_id__startswith=f"{load.scenario}:")
    items = Item.objects.filter(trace_uuid__in=traces.values("uuid"))
    decisions = Decision.objects.filter(trace__in=traces)
    surplus = sum(
        rows.count() - rows.values(*names).distinct().count()
        for rows, names in (
            (traces, ["uuid"]),
            (runs, ["trace_id", "external_id"]),
            (feedback, ["client_id"]),
            (items, ["trace_uuid"]),
            (decisions, ["trace_id"]),
        )
    )
    return int(more + surplus)


def _wrong(traces: QuerySet[Trace], queue: Queue) -> dict[str, int]:
    project = Project.objects.filter(pk__in=traces.values("project")).first()
    if project is None:
        return {"the project is not there": 1}
    told = project_counts.counted(project)
    rows = (traces.count(), Run.objects.filter(trace__in=traces).count())
    state = queue_counts.of_queue(queue, person=None)
    items = Counter(Item.objects.filter(queue=queue).values_list("state", flat=True))
    return {
        "summaries": sum(_differs(traces)),
        "verdicts": _wrong_verdicts(traces),
        "counts of the project": (told.trace_count, told.run_count) != rows,
        "counts of the queue": (state.open, state.done, state.removed)
        != tuple(min(items[name], queue_counts.BOUND) for name in ("open", "done", "removed")),
        "items": _wrong_items(traces, queue),
        "feedback without its project": Feedback.objects.filter(
            trace_uuid__in=traces.values("uuid"), project=None
        ).count(),
    }


def _differs(traces: QuerySet[Trace]) -> Iterable[bool]:
    """For each trace whether its summary is not what its rows add up to."""
    summed = traces.annotate(
        runs_there=Count("runs"),
        errors_there=Count("runs", filter=Q(runs__status="error")),
        tokens_there=Sum("runs__input_tokens", default=0),
    )
    for trace in summed:
        yield (trace.run_count, trace.error_count, trace.input_tokens or 0) != (
            trace.runs_there,
            trace.errors_there,
            trace.tokens_there,
        )


def _wrong_verdicts(traces: QuerySet[Trace]) -> int:
    """All feedback is thumbs down: of a user, and of a reviewer, whose word stands above that."""
    judged = Feedback.objects.filter(trace_uuid__in=traces.values("uuid"), key="thumbs")
    by = {source: judged.filter(source=source).values("trace_uuid") for source in ("user", "reviewer")}
    reviewed_ones, others = traces.filter(uuid__in=by["reviewer"]), traces.exclude(uuid__in=by["reviewer"])
    return (
        reviewed_ones.exclude(verdict="bad", verdict_source__in=["reviewer", "adjudicated"]).count()
        + others.filter(uuid__in=by["user"]).exclude(verdict="bad", verdict_source="user").count()
        + others.exclude(uuid__in=by["user"]).exclude(verdict=None).count()
    )


def _wrong_items(traces: QuerySet[Trace], queue: Queue) -> int:
    """A rule puts each failed trace into the queue: every third that was sent."""
    failed = {uuid for (uuid,) in traces.filter(status="error").values_list("uuid")}
    sent = {uuid for (uuid,) in traces.filter(root_run_uuid__isnull=False, run_count=SPANS).values_list("uuid")}
    expected = {uuid for uuid in sent if int.from_bytes(uuid.bytes[8:]) % FAILING_EACH == 0}
    queued = set(Item.objects.filter(queue=queue, trace_uuid__in=sent).values_list("trace_uuid", flat=True))
    return len(failed ^ expected) + len(queued ^ expected)
