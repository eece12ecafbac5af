"""What a project no longer keeps goes at night; what people judged, took into datasets or have yet to see stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.domain.retention import keeping, removing
from annotation.domain.work import jobs
from annotation.models import AuditEvent, Feedback, Item, Job, Run, Trace
from tests.factories import (
    DatasetFactory,
    ExampleFactory,
    FeedbackFactory,
    ItemFactory,
    QueueFactory,
    RunFactory,
    TraceFactory,
)
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
OLD, YOUNG = NOW - timedelta(days=31), NOW - timedelta(days=29)


def aged(people: People, name: str, *, started: datetime = OLD, arrived: datetime = OLD, **fields: object) -> Trace:
    return TraceFactory(
        project=people.project, name=name, started_at=started, created_at=arrived, run_count=1, **fields
    )


@pytest.fixture
def world(people: People) -> People:
    """Old traces of every kind; those called "gone" may go."""
    keeping.set_days(project=people.project, days=30, by=people.admin)
    for name in ("gone 1", "gone 2", "gone 3"):
        RunFactory(trace=aged(people, name))
    about = {"workspace": people.workspace, "target": "trace"}
    for source in ("judge", "rule", "signal", "api"):
        FeedbackFactory(**about, source=source, trace_uuid=Trace.objects.get(name="gone 1").uuid)
    for source in ("user", "reviewer"):
        FeedbackFactory(**about, source=source, trace_uuid=aged(people, f"judged by {source}").uuid)
    ExampleFactory(
        dataset=DatasetFactory(workspace=people.workspace), source_trace_uuid=aged(people, "in a dataset").uuid
    )
    queue = QueueFactory(workspace=people.workspace)
    ItemFactory(queue=queue, workspace=people.workspace, trace_uuid=aged(people, "waiting").uuid)
    done = aged(people, "gone 4")
    ItemFactory(queue=queue, workspace=people.workspace, trace_uuid=done.uuid, state="done")
    aged(people, "in a waiting thread", thread_id="t")
    thread = {"kind": "thread", "thread_id": "t", "subject": f"thread:{people.project.pk}:t"}
    ItemFactory(queue=queue, workspace=people.workspace, **thread)
    aged(people, "young", started=YOUNG, arrived=YOUNG)
    aged(people, "imported of late", arrived=YOUNG)
    aged(people, "with a clock ahead", started=YOUNG)
    TraceFactory(project=people.other_project, name="elsewhere", started_at=OLD, created_at=OLD)
    return people


def driven() -> Job:
    job = Job.objects.get(kind=keeping.KIND)
    jobs.drive(job_id=job.pk, kinds={keeping.KIND: keeping.prepare})
    job.refresh_from_db()
    assert job.status == Job.Status.DONE, job.failure
    return job


def names() -> set[str]:
    return set(Trace.objects.values_list("name", flat=True))


def test_what_is_old_and_nobody_needs_goes(world: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "BATCH", 2)
    assert keeping.preview(world.project, days=30, now=NOW) == keeping.Preview(30, 4, 2, 1, 2)
    before = names()
    assert keeping.start_due(now=NOW) == 1
    assert keeping.start_due(now=NOW) == 0  # one is at it
    job = driven()
    assert before - names() == {"gone 1", "gone 2", "gone 3", "gone 4"}
    assert len(names() - {""}) == 9
    assert (Run.objects.count(), Feedback.objects.count(), Item.objects.count()) == (0, 2, 2)
    assert (job.total_count, job.done_count, job.result, job.created_by) == (4, 4, {"traces": 4}, None)
    ended = AuditEvent.objects.get(action="trace.retention_ended")
    assert ended.detail == {"traces": 4, "before": (NOW - timedelta(days=30)).isoformat()}
    assert keeping.start_due(now=NOW) == 0  # nothing is left


def test_a_project_without_days_keeps_everything(world: People) -> None:
    keeping.set_days(project=world.project, days=None, by=world.admin)
    assert keeping.start_due(now=NOW) == 0
    told = AuditEvent.objects.filter(action="project.retention_changed").order_by("id")
    assert list(told.values_list("detail", flat=True)) == [{"from": None, "to": 30}, {"from": 30, "to": None}]


def test_a_trace_that_is_judged_at_the_last_moment_stays(world: People) -> None:
    keeping.start_due(now=NOW)
    trace = Trace.objects.get(name="gone 1")
    step = keeping.prepare(Job.objects.get(kind=keeping.KIND))
    FeedbackFactory(workspace=world.workspace, target="trace", source="user", trace_uuid=trace.uuid)
    still = lambda rows: rows.filter(name="nothing")  # noqa: E731
    assert removing.remove(workspace_id=world.workspace.pk, traces=[trace.uuid], still=still) == 0
    step(Job.objects.get(kind=keeping.KIND))
    assert Trace.objects.filter(pk=trace.pk).exists()


def test_a_step_costs_as_many_statements_for_one_trace_as_for_three(people: People) -> None:
    taken = []
    for count in (1, 3):
        traces = [aged(people, f"{count}") for _ in range(count)]
        with CaptureQueriesContext(connection) as queries:
            removing.remove(workspace_id=people.workspace.pk, traces=[trace.uuid for trace in traces])
        taken.append(len(queries))
    assert taken[0] == taken[1]
