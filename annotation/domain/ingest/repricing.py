"""Prices have changed: the computed costs of past runs follow, as a job. Costs that senders named stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet
from pydantic import BaseModel

from annotation.domain.ingest import tables
from annotation.domain.ingest.rollup import summarise
from annotation.domain.prices import known, pricing
from annotation.domain.prices.pricing import PriceList
from annotation.domain.work import jobs
from annotation.models import Job, Run, Trace, User, Workspace

KIND = "compute_costs"
BATCH = 100


class RepricingPlan(BaseModel):
    """Runs of traces that began on the day `since` or later, up to the moment `until`."""

    since: date
    until: datetime


def start(*, workspace: Workspace, since: date, by: User | None, now: datetime) -> Job:
    """Make the job that computes the costs of all runs since that day anew."""
    plan = RepricingPlan(since=since, until=now)
    title = f"Compute costs anew since {since:%d %b %Y}"
    return jobs.create(workspace=workspace, kind=KIND, title=title, plan=plan.model_dump(mode="json"), by=by)


def prepare(job: Job) -> jobs.Step:
    """The step that computes the costs of the next traces, the oldest first."""
    plan = RepricingPlan.model_validate(job.plan)
    known.forget(job.workspace_id)
    prices = known.of(job.workspace_id)

    def step(job: Job) -> bool:
        if job.total_count is None:
            job.total_count = _traces(job.workspace_id, plan).count()
        batch = list(_following(_traces(job.workspace_id, plan), job)[:BATCH])
        if not batch:
            return True
        changed = _reprice(batch, prices)
        job.cursor = {"started_at": batch[-1].started_at.isoformat(), "id": batch[-1].pk}
        job.done_count += len(batch)
        job.result = {"runs": job.result.get("runs", 0) + changed}
        return len(batch) < BATCH

    return step


def _traces(workspace_id: int, plan: RepricingPlan) -> QuerySet[Trace]:
    """A day more than asked for: a run may begin long after its trace."""
    since = datetime.combine(plan.since, time(), tzinfo=UTC) - timedelta(days=1)
    return Trace.objects.filter(workspace_id=workspace_id, started_at__gte=since, created_at__lte=plan.until)


def _following(traces: QuerySet[Trace], job: Job) -> QuerySet[Trace]:
    if job.cursor:
        at = datetime.fromisoformat(job.cursor["started_at"])
        traces = traces.filter(Q(started_at=at, pk__gt=job.cursor["id"]) | Q(started_at__gt=at), started_at__gte=at)
    return traces.order_by("started_at", "pk").only("pk", "started_at")


def _reprice(traces: Sequence[Trace], prices: PriceList) -> int:
    """Bring the costs of the traces' runs up to date; how many differ. Nobody stores runs of these traces meanwhile."""
    held = Trace.objects.select_for_update(no_key=True).filter(pk__in=[trace.pk for trace in traces]).order_by("uuid")
    pks = list(held.values_list("pk", flat=True))
    runs = Run.objects.filter(Q(cost=None) | Q(price_uuid__isnull=False), trace__in=pks, input_tokens__isnull=False).only(
        "trace_id", "provider", "model", "model_requested", "started_at", "input_tokens", "output_tokens",
        "token_details", "cost", "price_uuid",
    )  # fmt: skip
    changed = [run for run in runs if _is_repriced(run, prices)]
    Run.objects.filter(trace__in=pks).bulk_update(changed, ["cost", "price_uuid"])
    _sum_up({run.trace_id for run in changed})
    return len(changed)


def _is_repriced(run: Run, prices: PriceList) -> bool:
    before = run.cost, run.price_uuid
    day = run.started_at.astimezone(UTC).date()
    price = prices.price_for(provider=run.provider, models=(run.model, run.model_requested), day=day)
    run.cost, run.price_uuid = None, None
    if price is not None:
        run.cost = pricing.cost(
            price,
            input_tokens=run.input_tokens or 0,
            output_tokens=run.output_tokens or 0,
            details=run.token_details,
        )
        run.price_uuid = price.id
    return (run.cost, run.price_uuid) != before


def _sum_up(trace_pks: set[int]) -> None:
    costs: dict[int, Decimal | None] = {
        pk: summarise(runs).cost for pk, runs in tables.run_summaries(sorted(trace_pks)).items()
    }
    Trace.objects.bulk_update([Trace(pk=pk, cost=amount) for pk, amount in costs.items()], ["cost"])
