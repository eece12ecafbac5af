"""A rule's revision on the traces of the past: a job with a frozen plan, worked off in batches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from pydantic import BaseModel, ConfigDict

from annotation.domain.rules import deciding, routing
from annotation.domain.traces import matching
from annotation.domain.work import jobs
from annotation.models import Decision, Job, Rule, RuleRevision, Trace, User

KIND = "rule_backfill"
BATCH = 500
MOST_DAYS = 366


class BackfillPlan(BaseModel):
    """What a backfill will do, frozen when it is asked for: which revision, over traces that started when."""

    model_config = ConfigDict(frozen=True)

    revision_id: int
    since: datetime
    until: datetime


def start(*, rule: Rule, days: int, by: User, now: datetime) -> Job:
    """Ask for the rule's current revision to decide on the traces of the last days (1 to 366)."""
    assert rule.current is not None  # noqa: S101 -- a rule is made with its first revision
    days = min(max(days, 1), MOST_DAYS)
    plan = BackfillPlan(revision_id=rule.current.pk, since=now - timedelta(days=days), until=now)
    return jobs.create(
        workspace=rule.workspace,
        kind=KIND,
        title=f"Backfill of “{rule.name}” v{rule.current.number} over {days} days"[:200],
        plan=plan.model_dump(mode="json"),
        by=by,
    )


def recent(rule: Rule) -> QuerySet[Job]:
    """The rule's backfills, the latest first."""
    revisions = list(rule.revisions.values_list("pk", flat=True))
    jobs_of_workspace = Job.objects.filter(workspace_id=rule.workspace_id, kind=KIND)
    return jobs_of_workspace.filter(plan__revision_id__in=revisions).order_by("-created_at", "-pk")


def prepare(job: Job) -> jobs.Step:
    """The step that a job of this kind takes, again and again."""
    plan = BackfillPlan.model_validate(job.plan)
    revision = RuleRevision.objects.select_related("rule__workspace").get(pk=plan.revision_id)
    passing = matching.compile(revision.filter, workspace=revision.rule.workspace, now=plan.until)

    def step(job: Job) -> bool:
        if job.total_count is None:
            job.total_count = _traces(revision, plan).count()
        batch = list(
            _traces(revision, plan)
            .filter(pk__gt=job.cursor.get("after", 0))
            .order_by("pk")[:BATCH]
            .values_list("pk", flat=True)
        )
        if not batch:
            return True
        traces = Trace.objects.filter(pk__in=batch)
        with matching.bounded():
            decided = deciding.decide(
                revision=revision,
                passing=passing,
                traces=traces,
                origin=Decision.Origin.BACKFILL,
                now=timezone.now(),
            )
        job.cursor = {"after": batch[-1]}
        job.done_count += len(batch)
        job.result = _summed(job.result, decided)
        return len(batch) < BATCH

    return step


def _traces(revision: RuleRevision, plan: BackfillPlan) -> QuerySet[Trace]:
    """The traces of the time, but for those that live traffic decides on once they settle.

    An older trace may be unsettled as well, since somebody judged it a moment ago; live traffic passes it by.
    """
    is_past = Q(settled_at__isnull=False) | Q(created_at__lt=routing.arrived_since(revision))
    return Trace.objects.filter(
        is_past, workspace_id=revision.rule.workspace_id, started_at__gte=plan.since, started_at__lte=plan.until
    )


def _summed(result: Mapping[str, Any], decided: deciding.Decided) -> dict[str, int]:
    return {
        "matched": result.get("matched", 0) + decided.matched_count,
        "sampled": result.get("sampled", 0) + decided.sampled_count,
        "items": result.get("items", 0) + decided.item_count,
    }
