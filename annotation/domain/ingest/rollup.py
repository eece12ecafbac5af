"""What a trace comes down to, computed from its runs.

Free of order: the same runs give the same summary, however and in how many requests they came.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

#: The types of run that speak with the user, best first, where the root itself says nothing.
_SPEAKERS = (("llm", "agent"), ("chain", "other"))
_MODEL_CALLS = frozenset({"llm", "embedding", "reranker"})
_MAX_COST = Decimal("9999999999.9999999999")
_MAX_TAGS = 100
_STEP_TAG = re.compile(r"(seq|graph):step:\d+|map:key:.*|langsmith:(hidden|nostream)")
"""What LangChain marks the steps of a trace with for itself; they stay on their runs."""

#: The metadata by which a trace is named, where it has another name than its root run.
TRACE_NAME = "trace_name"


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What the summary of a trace needs to know of a run; `tokens` is (input, output, total).

    `is_cost_computed` says that the cost comes from a price of ours, not from the sender.
    """

    id: UUID
    parent_id: UUID | None
    name: str
    type: str
    status: str
    error: str | None
    started_ns: int
    ended_ns: int | None
    model: str | None
    response_id: str | None
    tokens: tuple[int, int, int] | None
    cost: Decimal | None
    thread_id: str | None
    user_id: str | None
    tags: Sequence[str]
    metadata: Mapping[str, Any]
    has_input: bool
    has_output: bool
    is_cost_computed: bool = False


@dataclass(frozen=True, slots=True)
class TraceSummary:
    """The derived columns of a trace; `input_run` and `output_run` say whose text is the trace's."""

    root_id: UUID | None
    name: str
    status: str
    error: str | None
    started_ns: int
    ended_ns: int | None
    thread_id: str | None
    user_id: str | None
    input_run: UUID | None
    output_run: UUID | None
    tokens: tuple[int, int, int]
    cost: Decimal | None
    run_count: int
    error_count: int
    models: list[str]
    tags: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)


def summarise(runs: Iterable[RunSummary]) -> TraceSummary:
    """The summary of a trace with at least one run.

    Several runs without a parent are the steps of a trace whose root was never written down: it lasts from the first
    to the last of them, and failed if one of them did.
    """
    ordered = sorted(runs, key=lambda run: (run.started_ns, run.id))
    roots = [run for run in ordered if run.parent_id is None]
    first = roots[0] if roots else _topmost(ordered)
    by_root = [first, *(run for run in ordered if run is not first)]
    speaker = first if len(roots) == 1 else None
    metadata = _metadata(by_root)
    return TraceSummary(
        root_id=first.id if roots else None,
        name=_name(first, metadata),
        status=_status(roots),
        error=next((run.error for run in roots if run.status == "error"), None),
        started_ns=first.started_ns if roots else ordered[0].started_ns,
        ended_ns=_ended(roots),
        thread_id=next((run.thread_id for run in by_root if run.thread_id), None),
        user_id=next((run.user_id for run in by_root if run.user_id), None),
        input_run=_speaker([run for run in by_root if run.has_input], speaker),
        output_run=_speaker([run for run in _latest_first(ordered) if run.has_output], speaker),
        tokens=_tokens(ordered),
        cost=_cost(ordered),
        run_count=len(ordered),
        error_count=sum(run.status == "error" for run in ordered),
        models=_models(ordered),
        tags=_tags(by_root),
        metadata=metadata,
    )


def _tags(by_root: Iterable[RunSummary]) -> list[str]:
    found = dict.fromkeys(tag for run in by_root for tag in run.tags if not _STEP_TAG.fullmatch(tag))
    return list(found)[:_MAX_TAGS]


def _name(first: RunSummary, metadata: Mapping[str, Any]) -> str:
    """The name that metadata give the whole, else that of the first run."""
    named = metadata.get(TRACE_NAME)
    return named if isinstance(named, str) and named else first.name


def _status(roots: Sequence[RunSummary]) -> str:
    states = {run.status for run in roots}
    if not roots or "pending" in states:
        return "pending"
    return "error" if "error" in states else "ok"


def _ended(roots: Sequence[RunSummary]) -> int | None:
    ends = [run.ended_ns for run in roots]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _topmost(ordered: Sequence[RunSummary]) -> RunSummary:
    """The first run whose parent has not come: it stands for the root until then."""
    known = {run.id for run in ordered}
    return next((run for run in ordered if run.parent_id not in known), ordered[0])


def _latest_first(ordered: Sequence[RunSummary]) -> list[RunSummary]:
    return sorted(ordered, key=lambda run: (run.ended_ns or run.started_ns, -run.started_ns, run.id), reverse=True)


def _speaker(candidates: Sequence[RunSummary], root: RunSummary | None) -> UUID | None:
    """Whose words count: the root's, else those of the first candidate that is a model or an agent, else a chain."""
    if root and any(run is root for run in candidates):
        return root.id
    for types in _SPEAKERS:
        for run in candidates:
            if run.type in types:
                return run.id
    return None


def _tokens(ordered: Sequence[RunSummary]) -> tuple[int, int, int]:
    counted = _each_call_once([run for run in ordered if run.tokens], ordered, key=lambda run: run.tokens or (0, 0, 0))
    parts = [run.tokens for run in counted if run.tokens]
    return sum(part[0] for part in parts), sum(part[1] for part in parts), sum(part[2] for part in parts)


def _cost(ordered: Sequence[RunSummary]) -> Decimal | None:
    """What the senders said; computed costs only for calls that no cost said by a sender stands above, or below."""
    priced = [run for run in ordered if run.cost is not None]
    if not priced:
        return None
    said = [run for run in priced if not run.is_cost_computed]
    counted = _each_call_once(said, ordered, key=lambda run: run.cost or Decimal(0))
    if len(said) < len(priced):
        counted = _each_call_once([*counted, *_uncovered(priced, counted, ordered)], ordered, key=_said_first)
    return min(sum((run.cost for run in counted if run.cost is not None), Decimal(0)), _MAX_COST)


def _uncovered(
    priced: Sequence[RunSummary], counted: Sequence[RunSummary], ordered: Sequence[RunSummary]
) -> list[RunSummary]:
    """The computed costs that no counted one above them includes."""
    parents, covering = {run.id: run.parent_id for run in ordered}, {run.id for run in counted}
    return [run for run in priced if run.is_cost_computed and covering.isdisjoint(_ancestors([run], parents))]


def _said_first(run: RunSummary) -> tuple[bool, Decimal]:
    return not run.is_cost_computed, run.cost or Decimal(0)


def _each_call_once(bearers: Sequence[RunSummary], ordered: Sequence[RunSummary], *, key: Any) -> list[RunSummary]:
    """Those of the bearers of a figure that are a call of their own.

    Agents and chains repeat the sum of their children, and some senders describe one call by two nested spans: a
    bearer above another bearer does not count. Two siblings with the same response id are one call as well.
    """
    above = _ancestors(bearers, {run.id: run.parent_id for run in ordered})
    calls: dict[str | UUID, RunSummary] = {}
    for run in bearers:
        identity = run.response_id or run.id
        if run.id not in above and (identity not in calls or key(run) > key(calls[identity])):
            calls[identity] = run
    return list(calls.values())


def _ancestors(bearers: Iterable[RunSummary], parents: Mapping[UUID, UUID | None]) -> set[UUID]:
    """Every run that is above a bearer; parents that form a ring are walked once."""
    above: set[UUID] = set()
    for run in bearers:
        parent = run.parent_id
        while parent is not None and parent not in above and parent != run.id:
            above.add(parent)
            parent = parents.get(parent)
    return above


def _models(ordered: Sequence[RunSummary]) -> list[str]:
    called = [run.model for run in ordered if run.model and run.type in _MODEL_CALLS]
    return list(dict.fromkeys(called or [run.model for run in ordered if run.model]))


def _metadata(by_root: Sequence[RunSummary]) -> dict[str, Any]:
    """All metadata together; the root's word wins, then the earlier run's."""
    merged: dict[str, Any] = {}
    for run in reversed(by_root):
        if run.metadata:
            merged.update(run.metadata)
    return merged
