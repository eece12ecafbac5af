"""Deleting traces, threads and users: everything that hangs on them goes, nothing else, and nothing comes back."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from annotation.domain.datasets import rows
from annotation.domain.datasets.content import RowContent
from annotation.domain.ingest import attachments, receive_logs, tombstones
from annotation.domain.ingest.otlp import Encoding
from annotation.domain.ingest.receive import Sender
from annotation.domain.retention import deletion, removing
from annotation.domain.retention.deletion import DeletionPlan
from annotation.domain.work import jobs
from annotation.models import (
    Attachment,
    AuditEvent,
    Dataset,
    DatasetVersion,
    Decision,
    DeletedTrace,
    Example,
    Feedback,
    Item,
    Job,
    LogRecord,
    Review,
    Run,
    Trace,
)
from tests.domain.ingest.test_store import key_of, send
from tests.factories import (
    DatasetFactory,
    DecisionFactory,
    FeedbackFactory,
    ItemFactory,
    LogRecordFactory,
    QueueFactory,
    ReviewFactory,
    RuleFactory,
    RuleRevisionFactory,
    RunFactory,
    TraceFactory,
)
from tests.fixtures.logs import log_request, record
from tests.fixtures.people import People
from tests.fixtures.spans import TRACE, call, span


def plan(**what: Any) -> DeletionPlan:
    return DeletionPlan(**what, until=timezone.now())


def deleted(people: People, **what: Any) -> Job:
    job = deletion.start(workspace=people.workspace, plan=plan(**what), by=people.admin)
    jobs.drive(job_id=job.pk, kinds={deletion.KIND: deletion.prepare})
    job.refresh_from_db()
    assert job.status == Job.Status.DONE, job.failure
    return job


def whole(people: People, **fields: Any) -> Trace:
    """A trace with two runs and one of everything that may hang on it."""
    trace = TraceFactory(project=people.project, run_count=2, **fields)
    run, _ = RunFactory(trace=trace), RunFactory(trace=trace)
    rule = RuleFactory(workspace=people.workspace)
    decision = DecisionFactory(revision=RuleRevisionFactory(rule=rule), trace=trace, is_matched=True)
    queue = QueueFactory(workspace=people.workspace)
    item = ItemFactory(queue=queue, workspace=people.workspace, trace_uuid=trace.uuid, decision=decision)
    ItemFactory(queue=queue, workspace=people.workspace, kind="run", trace_uuid=trace.uuid, run_uuid=run.uuid)
    pair = {"kind": "pair", "trace_uuid": TraceFactory(project=people.project).uuid, "other_trace_uuid": trace.uuid}
    ItemFactory(queue=queue, workspace=people.workspace, **pair)
    review = ReviewFactory(item=item)
    about = {"workspace": people.workspace, "project": people.project, "trace_uuid": trace.uuid}
    LogRecordFactory(workspace=people.workspace, trace_uuid=trace.uuid)
    attached = attachments.Attached(run.uuid, "picture", "image/png", b"bits")
    attachments.keep(workspace=people.workspace, attached=[attached])
    FeedbackFactory(target="trace", **about)
    FeedbackFactory(target="run", run_uuid=run.uuid, review=review, **about)
    return trace


def counts() -> dict[str, int]:
    models = (Attachment, LogRecord, Run, Decision, Item, Review, Feedback)
    return {model.__name__: model._default_manager.count() for model in models}


@pytest.mark.django_db
def test_a_trace_goes_with_all_that_hangs_on_it_and_nothing_else(
    people: People, django_capture_on_commit_callbacks: Any
) -> None:
    other = whole(people)
    before = counts()
    trace = whole(people)
    assert deletion.effects(people.workspace, plan(trace_ids=[trace.uuid])) == deletion.Effects(1, 2, 2, 2, 0)
    file = Attachment.objects.latest("pk").path
    assert attachments.storage().exists(file)
    with django_capture_on_commit_callbacks(execute=True):
        job = deleted(people, trace_ids=[trace.uuid])
    assert not attachments.storage().exists(file)
    assert counts() == before
    assert list(Trace.objects.filter(pk__in=[trace.pk, other.pk])) == [other]
    assert (job.total_count, job.done_count, job.result) == (1, 1, {"traces": 1})
    event = AuditEvent.objects.get(action="trace.deletion_begun")
    assert (event.actor, event.detail) == (people.admin.email, {"traces": 1, "rows": "keep"})


@pytest.mark.django_db
def test_late_spans_do_not_bring_it_back_until_the_deletion_is_forgotten(people: People) -> None:
    key = key_of(people)
    send(key, span(1), call(2, parent=1))
    deletion.start(workspace=people.workspace, plan=plan(trace_ids=[UUID(bytes=TRACE)]), by=people.admin)
    assert send(key, span(3, parent=1)).reasons == {tombstones.REFUSED: 1}  # before the job has begun
    deleted(people, trace_ids=[UUID(bytes=TRACE)])
    assert send(key, span(1), call(2, parent=1), span(4)).reasons == {tombstones.REFUSED: 3}
    assert not Trace.objects.exists()
    FeedbackFactory(workspace=people.workspace, target="trace", trace_uuid=UUID(bytes=TRACE), created_at=timezone.now())
    assert deletion.forget(now=timezone.now()) == 1
    assert DeletedTrace.objects.exists()
    deletion.forget(now=timezone.now() + deletion.REMEMBERED + timedelta(minutes=1))
    assert not DeletedTrace.objects.exists()
    assert send(key, span(1)).count == 0


@pytest.mark.django_db
def test_a_thread_goes_with_what_was_said_about_it(people: People) -> None:
    first, second = (TraceFactory(project=people.project, thread_id="t") for _ in range(2))
    kept = TraceFactory(project=people.other_project, thread_id="t")  # another workspace
    thread: dict[str, Any] = {"target": "thread", "thread_id": "t"}
    said = FeedbackFactory(workspace=people.workspace, project=people.project, **thread)
    elsewhere = FeedbackFactory(workspace=people.elsewhere, project=people.other_project, **thread)
    queue = QueueFactory(workspace=people.workspace)
    subject = f"thread:{people.project.pk}:t"
    ItemFactory(queue=queue, workspace=people.workspace, kind="thread", thread_id="t", subject=subject)

    deleted(people, trace_ids=[first.uuid])
    assert Feedback.objects.filter(pk=said.pk).exists()
    assert Item.objects.count() == 1

    job = deleted(people, thread_id="t")
    assert job.result == {"traces": 1}
    assert not Trace.objects.filter(pk=second.pk).exists()
    assert list(Trace.objects.filter(thread_id="t").values_list("pk", flat=True)) == [kept.pk]
    assert list(Feedback.objects.values_list("pk", flat=True)) == [elsewhere.pk]
    assert not Item.objects.exists()


@pytest.mark.django_db
def test_everything_of_a_user_goes_in_steps_and_a_killed_job_goes_on(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "GATHERED", 2)
    monkeypatch.setattr(deletion, "BATCH", 2)
    for _ in range(5):
        TraceFactory(project=people.project, user_id="ada")
    others = {
        TraceFactory(project=people.project, user_id="bob").pk,
        TraceFactory(project=people.other_project, user_id="ada").pk,
    }
    job = deletion.start(workspace=people.workspace, plan=plan(user_id="ada"), by=people.admin)
    late = TraceFactory(project=people.project, user_id="ada").pk

    class Killed(BaseException):
        pass

    def die(_job: Job) -> None:
        raise Killed

    drives = 0
    while Job.objects.get(pk=job.pk).status != Job.Status.DONE:
        drives += 1
        with contextlib.suppress(Killed):
            jobs.drive(job_id=job.pk, kinds={deletion.KIND: deletion.prepare}, after_step=die)
    job.refresh_from_db()
    assert (job.total_count, job.done_count, job.result) == (5, 5, {"traces": 5})
    assert drives >= 6
    assert set(Trace.objects.values_list("pk", flat=True)) == others | {late}
    assert DeletedTrace.objects.filter(removed_at__isnull=False).count() == 5


@pytest.mark.django_db
@pytest.mark.parametrize("choice", ["keep", "erase"])
def test_dataset_rows_stay_or_lose_their_content_in_every_version(people: People, choice: str) -> None:
    dataset: Dataset = DatasetFactory(workspace=people.workspace)
    now, by = timezone.now(), people.editor
    trace = TraceFactory(project=people.project, input="my address is", output="noted")
    mine = rows.add_from_trace(dataset=dataset, trace=trace, by=by, now=now)
    rows.add(dataset=dataset, rows=[RowContent({"q": 1}, {"a": 2})], by=by, now=now)
    rows.edit(dataset=dataset, uuid=mine.uuid, content=RowContent({"q": "my address"}, None), by=by, now=now)
    assert deletion.effects(people.workspace, plan(trace_ids=[trace.uuid])).row_count == 1

    job = deleted(people, trace_ids=[trace.uuid], rows=choice)

    states = list(
        Example.objects.filter(uuid=mine.uuid).order_by("valid_from").values_list("valid_from", "valid_to", "inputs")
    )
    if choice == "keep":
        assert states[1] == (3, None, {"q": "my address"})
        return
    assert states == [(1, 3, {"erased": True}), (3, 4, {"erased": True})]
    assert job.result == {"rows": 1, "traces": 1}
    assert "address" not in str(list(Example.objects.values()))
    dataset.refresh_from_db()
    assert (dataset.version, dataset.example_count) == (4, 1)
    assert DatasetVersion.objects.get(number=4).message == "Erased: the traces behind these rows were deleted"
    assert list(DatasetVersion.objects.order_by("number").values_list("example_count", flat=True)) == [1, 2, 2, 1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["logs", "attachment"])
def test_what_comes_while_a_deletion_is_written_down_waits_and_is_turned_away(people: People, what: str) -> None:
    key, trace = key_of(people), UUID(bytes=TRACE)
    send(key, span(1))
    run, refused = Run.objects.get().uuid, Counter[str]()
    job = jobs.create(workspace=people.workspace, kind=deletion.KIND, title="", plan={}, by=None)

    def arrive() -> None:
        try:
            if what == "logs":
                body, sender = log_request([record("gen_ai.user.message", span=1)]), Sender(key)
                got = receive_logs.receive(sender=sender, body=body, encoding=Encoding.PROTOBUF, received_ns=1)
            else:
                file = attachments.Attached(run, "a", "text/plain", b"x")
                got = attachments.keep(workspace=people.workspace, attached=[file])
            refused.update(got.reasons)
        finally:
            connection.close()

    late = threading.Thread(target=arrive)
    with transaction.atomic():
        deletion._write_down(job, [trace])
        late.start()
        until = time.monotonic() + 20
        while late.is_alive() and not is_anybody_waiting() and time.monotonic() < until:
            time.sleep(0.02)
    late.join()
    assert refused == {tombstones.REFUSED: 1}
    assert (LogRecord.objects.count(), Attachment.objects.count()) == (0, 0)
    assert attachments.storage().listdir(str(people.workspace.uuid))[1] == [] if what == "attachment" else True


def is_anybody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_file_whose_run_never_comes_goes_in_the_end(people: People, django_capture_on_commit_callbacks: Any) -> None:
    run = RunFactory(trace=TraceFactory(project=people.project))
    for uuid in (run.uuid, uuid4()):
        file = attachments.Attached(uuid, "a", "text/plain", b"x")
        attachments.keep(workspace=people.workspace, attached=[file])
    lost = Attachment.objects.exclude(run_uuid=run.uuid).get()
    deletion.forget(now=timezone.now())
    assert attachments.storage().exists(lost.path)
    with django_capture_on_commit_callbacks(execute=True):
        deletion.forget(now=timezone.now() + deletion.REMEMBERED + timedelta(minutes=1))
    assert not attachments.storage().exists(lost.path)
    assert Attachment.objects.get().run_uuid == run.uuid


@pytest.mark.django_db
def test_a_step_removes_no_more_runs_than_it_may() -> None:
    named = [(UUID(int=number), runs) for number, runs in enumerate([25_000, 1, 4_000, 6_000])]
    assert removing.some_of(named) == [UUID(int=0)]
    assert removing.some_of(named[1:]) == [UUID(int=1), UUID(int=2)]
    assert removing.some_of([]) == []


@pytest.mark.django_db(transaction=True)
def test_who_stores_and_who_deletes_at_once_leave_nothing_behind(people: People) -> None:
    key, trace = key_of(people), UUID(bytes=TRACE)
    send(key, span(1))
    refused: list[int] = []

    def store() -> None:
        try:
            refused.extend(send(key, call(number, parent=1)).count for number in range(2, 30))
        finally:
            connection.close()

    writer = threading.Thread(target=store)
    writer.start()
    deleted(people, trace_ids=[trace])
    writer.join()
    assert not Trace.objects.exists()
    assert not Run.objects.exists()
    assert send(key, call(40, parent=1)).count == 1
