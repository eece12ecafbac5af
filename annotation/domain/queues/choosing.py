"""What a plan to fill a queue chooses: traces, the threads of traces, or steps of traces, all or so many of them by chance.

Each kind of thing stands as rows that can be counted, drawn and gone through in one order. A thread stands in the list of
matching traces by the first one of them. Steps are gone through trace by trace, as they have no index across traces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Left
from django.db.models.lookups import LessThanOrEqual
from pydantic import BaseModel, ConfigDict, Field

from annotation.domain.queues import presentation, priorities, subject_texts, subjects
from annotation.domain.queues.reasons import Origin
from annotation.domain.queues.subjects import Subject
from annotation.domain.traces import matching, run_listing
from annotation.domain.traces.matching import TraceFilter, pointing
from annotation.domain.traces.matching.chance import SampleNumber
from annotation.models import Queue, Run, Trace

MOST_SAMPLED = 100_000
SHOWN = 200
"""Characters of what went into a step that is an example."""

Kind: TypeAlias = Literal["trace", "thread", "run"]
_SMALLEST = Decimal("0.000001")


class FillPlan(BaseModel):
    """Which things (`kind`) of the traces that match go into which queue. `sample` is how many by chance (None: all),
    `last` the inside id of the last row there was. What a newer version asks for besides is refused rather than left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    queue_id: int
    kind: Kind = "trace"
    filter: str = ""
    project_id: int | None = None
    project_name: str = ""
    sample: int | None = Field(default=None, ge=1, le=MOST_SAMPLED)
    seed: UUID
    now: datetime
    last: int
    is_restoring: bool = False
    priority: int = Field(default=0, ge=priorities.LEAST, le=priorities.MOST)
    origin: Origin = Origin.HAND
    by: str = ""
    why: str = ""

    @property
    def thing(self) -> Thing:
        """What is made items of."""
        return THINGS[self.kind]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows, how many match in all, and the chance with which each of those was chosen."""

    passing: TraceFilter
    rows: QuerySet[Any]
    matched_count: int
    threshold: int | None
    probability: Decimal | None


@dataclass(frozen=True, slots=True)
class Thing:
    """What can be made items of: its rows, `text` as items name it in SQL of such a row, and `order` to go through them.

    `name` is for a choice, `noun` for sentences. `why` tells reviewers of such an item what the filter was asked of.
    """

    name: str
    noun: str
    model: type[Trace | Run]
    rows: Callable[[TraceFilter, QuerySet[Trace]], QuerySet[Any]]
    text: Combinable
    subject: Callable[[Any], Subject]
    loaded: tuple[str, ...]
    order: tuple[str, ...] = ("pk",)
    latest: tuple[str, ...] = ("-started_at", "-pk")
    why: str = ""

    @property
    def counted(self) -> str:
        """Behind a number or "all"; of traces it goes without saying."""
        return "" if self.noun == "trace" else f" {self.noun}s"


def choose(plan: FillPlan, queue: Queue, cursor: Mapping[str, Any] | None = None) -> Chosen:
    """By the numbers of an earlier step (`cursor`) where there are some: a sample is drawn once. Raises FilterError."""
    passing = matching.compile(plan.filter, workspace=queue.workspace, now=plan.now)
    rows = plan.thing.rows(passing, _traces(plan, passing)).filter(pk__lte=plan.last)
    matched = cursor["matched"] if cursor else rows.count()
    if plan.sample is None:
        return Chosen(passing, rows, matched, None, None)
    threshold = cursor["threshold"] if cursor else _threshold(rows, plan.seed, plan.sample)
    if threshold is None or matched <= plan.sample:
        return Chosen(passing, rows, matched, threshold, Decimal(1) if matched else None)
    chance = max((Decimal(plan.sample) / Decimal(matched)).quantize(_SMALLEST), _SMALLEST)
    return Chosen(passing, _drawn(rows, plan.seed, threshold), matched, threshold, chance)


def loose_count(plan: FillPlan, chosen: Chosen) -> int:
    """Traces that match and belong to no thread, where threads are asked for."""
    if plan.kind != "thread":
        return 0
    return _traces(plan, chosen.passing).filter(_LOOSE, pk__lte=plan.last).count()


def hidden(plan: FillPlan, queue: Queue) -> Q:
    """Steps of types that the queue's reviewers are not shown, so that the review page leaves them out."""
    types = presentation.read(queue.presentation).hidden_types if plan.kind == "run" else ()
    return Q(type__in=types) if types else Q(pk__in=())


def examples(plan: FillPlan, chosen: Chosen, count: int) -> list[Any]:
    """The latest of them, of threads their first traces; steps with the head of what went in."""
    rows = chosen.rows.order_by(*plan.thing.latest)
    if plan.kind == "run":
        light = rows.only("uuid", "name", "started_at", "trace__uuid")
        rows = light.annotate(input_head=Left("input_text", SHOWN))
    return list(rows[:count])


def following(plan: FillPlan, chosen: Chosen, cursor: Mapping[str, Any], count: int) -> list[Any]:
    """The rows after the place that an earlier step of the job came to."""
    if plan.kind != "run":
        return _first(plan, chosen.rows.filter(pk__gt=cursor["after"]), count)
    trace = cursor.get("trace", 0)
    begun = _rest(plan, chosen, trace, cursor["after"], count) if trace else []
    return begun + _first(plan, chosen.rows.filter(trace__gt=trace), count - len(begun))


def _rest(plan: FillPlan, chosen: Chosen, trace: int, after: int, count: int) -> list[Run]:
    """The further steps of a trace that passed. It is not asked again, as `not in queue` is true of it no more."""
    rows = pointing.runs(chosen.passing, of=Trace.objects.filter(pk=trace)).select_related("trace")
    rows = rows.filter(pk__gt=after, pk__lte=plan.last)
    return _first(plan, rows if chosen.threshold is None else _drawn(rows, plan.seed, chosen.threshold), count)


def _first(plan: FillPlan, rows: QuerySet[Any], count: int) -> list[Any]:
    return list(rows.order_by(*plan.thing.order).only(*plan.thing.loaded)[:count])


def place(plan: FillPlan, row: Any) -> dict[str, int]:
    """Of the row, for the cursor of the job."""
    return {"after": row.pk, "trace": row.trace_id} if plan.kind == "run" else {"after": row.pk}


def _traces(plan: FillPlan, passing: TraceFilter) -> QuerySet[Trace]:
    rows = passing.traces()
    return rows if plan.project_id is None else rows.filter(project=plan.project_id)


def _threshold(rows: QuerySet[Any], seed: UUID, sample: int) -> int | None:
    """The number of the last row that is in the sample; None when there are fewer."""
    numbered = rows.annotate(chance=SampleNumber(seed)).order_by("chance")
    found = numbered.values_list("chance", flat=True)[sample - 1 : sample]
    return next(iter(found), None)


def _drawn(rows: QuerySet[Any], seed: UUID, threshold: int) -> QuerySet[Any]:
    return rows.filter(LessThanOrEqual(SampleNumber(seed), threshold))


_LOOSE = Q(thread_id=None) | Q(thread_id="")


def _first_of_threads(_passing: TraceFilter, traces: QuerySet[Trace]) -> QuerySet[Trace]:
    """Of each thread the trace that came first among these; the index of threads finds those before it."""
    spoken = traces.exclude(_LOOSE)
    same = {name: OuterRef(name) for name in ("workspace", "project", "thread_id")}
    return spoken.filter(~Exists(spoken.filter(**same, pk__lt=OuterRef("pk"))))


def _steps(passing: TraceFilter, traces: QuerySet[Trace]) -> QuerySet[Run]:
    return pointing.runs(passing, of=traces).select_related("trace")


THINGS: dict[str, Thing] = {
    "trace": Thing(
        name="Traces",
        noun="trace",
        model=Trace,
        rows=lambda _passing, traces: traces,
        text=subject_texts.of_trace(OuterRef("uuid")),
        subject=lambda trace: subjects.of_trace(trace.uuid),
        loaded=("uuid",),
    ),
    "thread": Thing(
        name="Threads, each once",
        noun="thread",
        model=Trace,
        rows=_first_of_threads,
        text=subject_texts.of_thread(OuterRef("project"), OuterRef("thread_id")),
        subject=lambda trace: subjects.of_thread(trace.project_id, trace.thread_id),
        loaded=("uuid", "project", "thread_id"),
        why="in a trace of it",
    ),
    "run": Thing(
        name="Steps",
        noun="step",
        model=Run,
        rows=_steps,
        text=subject_texts.of_run(OuterRef("uuid")),
        subject=lambda run: subjects.of_run(run.trace.uuid, run.uuid),
        loaded=("uuid", "trace__uuid"),
        order=("trace_id", "pk"),
        latest=run_listing.ORDER,
    ),
}
KINDS = {kind: thing.name for kind, thing in THINGS.items()}
"""What can be made items of, in words."""
