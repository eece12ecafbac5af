"""The sweep: traces that have come to rest are shown to every enabled rule of their workspace."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import DataError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from pydantic import ValidationError

from annotation.domain import audit
from annotation.domain.queues.items import QueueClosedError
from annotation.domain.rules import deciding
from annotation.domain.rules.deciding import QueueGoneError
from annotation.domain.traces import matching
from annotation.domain.traces.filters import FilterError
from annotation.domain.traces.matching import TraceFilter
from annotation.models import Decision, Rule, RuleRevision, Trace

log = structlog.get_logger(__name__)

BATCH = 500
SWEEP_SECONDS = 20.0
MOST_FAILURES = 3
PROBLEMS = (FilterError, QueueClosedError, QueueGoneError, DataError, ValidationError)
"""What may be wrong with a rule or with the rows that it meets, down to a value that PostgreSQL or a later version's
document does not take: one workspace's rule, never the sweep of all. Anything else is a fault of the program.
"""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many traces were looked at and how many of them have settled now."""

    seen_count: int
    settled_count: int

    @property
    def is_last(self) -> bool:
        """Whether nothing more is due for now: the batch was not full, or a rule that failed holds it up."""
        return self.seen_count < BATCH or self.settled_count == 0


def sweep_all() -> int:
    """Settle what is due, batch by batch, for at most as long as the next sweep can wait; how many settled."""
    until, count = time.monotonic() + SWEEP_SECONDS, 0
    while time.monotonic() < until:
        swept = sweep(now=timezone.now())
        count += swept.settled_count
        if swept.is_last:
            break
    return count


def sweep(*, now: datetime) -> Swept:
    """Settle one batch of traces and let the rules decide on them, as one transaction.

    Two at once take different traces; one that is killed leaves its traces to the next. When a rule fails, the traces
    of its workspace stay due, so that nothing passes it by until it works again or has failed three times.
    """
    with transaction.atomic():
        batch = list(
            due(now=now).select_for_update(skip_locked=True, no_key=True)[:BATCH].values_list("pk", "workspace")
        )
        settled = [pk for workspace, traces in _by_workspace(batch) if _route(workspace, traces, now) for pk in traces]
        Trace.objects.filter(pk__in=settled).update(settled_at=now)
    return Swept(len(batch), len(settled))


def due(*, now: datetime) -> QuerySet[Trace]:
    """Traces that have changed and come to rest since, the longest quiet first.

    At rest means: the root has ended and nothing came for a few seconds; or nothing came for so long that the root is
    not expected any more.
    """
    quiet = now - timedelta(seconds=settings.SETTLE_QUIET_SECONDS)
    given_up = now - timedelta(seconds=settings.SETTLE_WITHOUT_ROOT_SECONDS)
    has_ended = Q(root_run_uuid__isnull=False, ended_at__isnull=False)
    return (
        Trace.objects.filter(settled_at__isnull=True, changed_at__lte=quiet)
        .filter(has_ended | Q(changed_at__lte=given_up))
        .order_by("changed_at", "pk")
    )


def _by_workspace(batch: Sequence[tuple[int, int]]) -> list[tuple[int, list[int]]]:
    traces: dict[int, list[int]] = defaultdict(list)
    for pk, workspace in batch:
        traces[workspace].append(pk)
    return sorted(traces.items())


def _route(workspace_id: int, traces: list[int], now: datetime) -> bool:
    """Lets every enabled rule of the workspace decide; whether the traces are done with."""
    rules = Rule.objects.filter(workspace_id=workspace_id, is_enabled=True, archived_at__isnull=True)
    rows = rules.filter(current__isnull=False).select_related("current", "workspace").order_by("pk")
    are_done = [_apply(rule, traces, now) for rule in rows]  # every rule has its turn, also after one that failed
    return all(are_done)


def _apply(rule: Rule, traces: list[int], now: datetime) -> bool:
    """Whether the rule has decided, or is switched off and will not."""
    assert rule.current is not None  # noqa: S101 -- the query has seen to it
    revision = rule.current
    revision.rule = rule
    try:
        with matching.bounded():
            passing = matching.compile(revision.filter, workspace=rule.workspace, now=now)
            open_to_it = candidates(revision, passing).filter(pk__in=traces)
            deciding.decide(revision=revision, passing=passing, traces=open_to_it, origin=Decision.Origin.LIVE, now=now)
    except PROBLEMS as problem:
        return _failed(rule, problem)
    if rule.failure_count:
        Rule.objects.filter(pk=rule.pk).update(failure_count=0, failure="")
    return True


def candidates(revision: RuleRevision, passing: TraceFilter) -> QuerySet[Trace]:
    """The traces on which live traffic may have a revision decide.

    A rule that looks at feedback decides whenever feedback comes, however old the trace. Any other decides on what
    arrived since the revision was made, and on what it has looked at before; the older ones are for a backfill, else
    those that happen to get feedback would be chosen more often than the rest.
    """
    decided = Decision.objects.filter(revision=revision, trace=OuterRef("pk"))
    traces = Trace.objects.filter(~Exists(decided.filter(is_matched=True)))
    if passing.looks_at_feedback:
        return traces
    return traces.filter(Q(created_at__gte=arrived_since(revision)) | Exists(decided))


def arrived_since(revision: RuleRevision) -> datetime:
    """Traces that arrived earlier are the past to a revision; those still under way when it was made are not."""
    return revision.created_at - timedelta(seconds=settings.SETTLE_WITHOUT_ROOT_SECONDS)


def _failed(rule: Rule, problem: Exception) -> bool:
    """Counts the failure; the third in a row switches the rule off. Returns whether it is off now."""
    log.warning("rule_failed", rule=str(rule.uuid), problem=type(problem).__name__)
    rows = Rule.objects.filter(pk=rule.pk)
    rows.update(failure_count=F("failure_count") + 1, failure=str(problem)[:2000])
    if not rows.filter(failure_count__gte=MOST_FAILURES).update(is_enabled=False):
        return False
    audit.record(
        "rule.switched_off",
        by=None,
        workspace=rule.workspace,
        target=rule,
        detail={"failures": MOST_FAILURES, "problem": str(problem)[:500]},
    )
    return True
