"""Costs of the past follow the prices, and sent costs stay."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from annotation.domain.ingest import repricing
from annotation.domain.work import jobs
from annotation.models import Job, ModelPrice, Run, Trace
from tests.domain.ingest.test_store import key_of, send
from tests.factories import ModelPriceFactory
from tests.fixtures.people import People
from tests.fixtures.spans import call, span

pytestmark = pytest.mark.django_db
MILLION = 1_000_000


def repriced(people: People, since: date = date(2026, 11, 1)) -> Job:
    job = repricing.start(workspace=people.workspace, since=since, by=people.admin, now=timezone.now())
    jobs.drive(job_id=job.pk, kinds={repricing.KIND: repricing.prepare})
    job.refresh_from_db()
    assert job.status == Job.Status.DONE, job.failure
    return job


def costs() -> list[Decimal | None]:
    return list(Run.objects.order_by("trace_id", "start_nano").values_list("cost", flat=True))


def test_costs_of_the_past_follow_the_prices_and_sent_ones_stay(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repricing, "BATCH", 2)
    key, sent = key_of(people), {"gen_ai.usage.cost": 0.5}
    traces = [number.to_bytes(16) for number in range(1, 6)]
    for trace in traces:
        send(
            key, span(1, trace=trace), call(2, parent=1, trace=trace, tokens=(MILLION, 0)),
            call(3, parent=1, trace=trace, attributes=sent),
        )  # fmt: skip
    Trace.objects.update(settled_at=timezone.now())
    assert set(costs()) == {None, Decimal("0.5")}

    price = ModelPriceFactory(workspace=people.workspace, model="small", valid_from=date(2026, 1, 1))
    job = repriced(people)
    assert (job.total_count, job.done_count, job.result) == (5, 5, {"runs": 5})
    assert costs() == [None, Decimal(2), Decimal("0.5")] * 5
    assert set(Trace.objects.filter(settled_at__isnull=False).values_list("cost", flat=True)) == {Decimal("2.5")}
    assert repriced(people).result == {"runs": 0}

    ModelPrice.objects.filter(pk=price.pk).delete()
    assert repriced(people).result == {"runs": 5}
    assert costs() == [None, None, Decimal("0.5")] * 5
    assert set(Trace.objects.values_list("cost", flat=True)) == {Decimal("0.5")}


def test_only_runs_of_the_workspace_since_that_day(people: People) -> None:
    send(key_of(people), call(1, tokens=(MILLION, 0)))
    ModelPriceFactory(workspace=people.workspace, model="small", valid_from=date(2026, 1, 1))
    assert repriced(people, since=date(2026, 12, 1)).done_count == 0
    ModelPriceFactory(workspace=people.elsewhere, model="small", valid_from=date(2026, 1, 1))
    other = repricing.start(workspace=people.elsewhere, since=date(2026, 1, 1), by=None, now=timezone.now())
    jobs.drive(job_id=other.pk, kinds={repricing.KIND: repricing.prepare})
    assert costs() == [None]
