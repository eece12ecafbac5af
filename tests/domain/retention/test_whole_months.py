"""Retention by whole months: a month's table goes in one piece, what stays is in the new one, nothing comes back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import connection

from annotation.domain.ingest import attachments, tombstones
from annotation.domain.retention import keeping, partitions, whole_months
from annotation.domain.work import jobs
from annotation.models import Attachment, AuditEvent, Feedback, Job, Run, Trace
from tests.domain.ingest.test_store import key_of, send
from tests.factories import FeedbackFactory, RunFactory, TraceFactory
from tests.fixtures.people import People
from tests.fixtures.spans import TRACE, span

pytestmark = pytest.mark.django_db
DECEMBER, FEBRUARY = datetime(2026, 12, 1, 3, tzinfo=UTC), datetime(2027, 2, 9, 3, tzinfo=UTC)
FIRST, JANUARY = 2026120000000000, 2027010000000000


@pytest.fixture
def world(people: People, settings: LazySettings) -> People:
    """Traces of December and of January's first day; the first one comes as spans do, and one of December's is judged."""
    settings.RETENTION_BY_MONTH = True
    keeping.set_days(project=people.project, days=30, by=people.admin)
    old = _trace(people, "old", FIRST - 1, days=0)
    partitions.partition(now=DECEMBER)
    for number, name in enumerate(("gone 1", "gone 2")):
        _trace(people, name, FIRST + 100 + number, days=number)
    trace = _trace(people, "judged", FIRST + 200, days=2)
    _trace(people, "young", JANUARY + 100, days=31)
    FeedbackFactory(trace=trace, source=Feedback.Source.USER)
    for run in (Run.objects.get(trace=trace), Run.objects.get(trace=old)):
        file = attachments.Attached(run.uuid, "picture", "image/png", b"bits")
        attachments.keep(workspace=people.workspace, attached=[file])
    _checked()
    return people


def _trace(people: People, name: str, pk: int, *, days: int) -> Trace:
    then = DECEMBER + timedelta(days=days)
    uuid = UUID(bytes=TRACE) if name == "old" else UUID(int=pk)
    trace = TraceFactory(
        pk=pk, project=people.project, name=name, uuid=uuid, started_at=then, created_at=then, run_count=1
    )
    RunFactory(trace=trace, name=name)
    _checked()
    return trace


def _checked() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _places() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tableoid::regclass::text FROM annotation_run")
        return dict(cursor.fetchall())


def _tables() -> dict[str, int]:
    """The partitions with what tells one table from another of the same name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text, inhrelid::int FROM pg_inherits WHERE inhparent = "
                       "'annotation_run'::regclass")  # fmt: skip
        return dict(cursor.fetchall())


def _night(now: datetime) -> list[Job]:
    keeping.start_due(now=now)
    for job in Job.objects.filter(status__in=jobs.UNFINISHED):
        jobs.drive(job_id=job.pk, kinds={keeping.KIND: keeping.prepare})
    _checked()
    partitions.turn(now=now)
    return list(Job.objects.order_by("pk"))


def test_a_month_goes_in_one_piece_once_its_last_day_is_old_enough(world: People) -> None:
    before = _tables()
    assert _night(datetime(2027, 1, 1, 3, tzinfo=UTC))[-1].result == {"traces": 1}  # November's; of December none yet
    assert send(key_of(world), span(1)).reasons == {tombstones.REFUSED: 1}
    _checked()
    assert _night(datetime(2027, 1, 30, 3, tzinfo=UTC))[1:] == []
    done = _night(FEBRUARY)[-1]
    assert (done.status, done.result, done.total_count) == (Job.Status.DONE, {"traces": 2}, 2)
    assert _places() == {"judged": "annotation_run_202612", "young": "annotation_run_202701"}
    assert sorted(Trace.objects.values_list("name", flat=True)) == ["judged", "young"]
    assert list(Attachment.objects.values_list("run_uuid", flat=True)) == [Run.objects.get(name="judged").uuid]
    after = _tables()
    assert (before.keys() - after.keys(), after["annotation_run_202612"] == before["annotation_run_202612"]) == (
        {"annotation_run_before_202612"},
        False,
    )
    assert AuditEvent.objects.filter(action="trace.retention_ended").count() == 2


def test_a_month_of_which_much_stays_goes_by_rows(world: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_months, "MOST_STAYING", 0)
    before = _tables()
    assert _night(FEBRUARY)[-1].result == {"traces": 3}
    assert _places() == {"judged": "annotation_run_202612", "young": "annotation_run_202701"}
    assert _tables()["annotation_run_202612"] == before["annotation_run_202612"]
    assert Attachment.objects.count() == 1


def test_what_stays_keeps_its_keys_and_takes_late_runs(world: People) -> None:
    _night(FEBRUARY)
    judged = Trace.objects.get(name="judged")
    RunFactory(trace=judged, name="late")
    with connection.cursor() as cursor:
        cursor.execute("SELECT contype, count(*) FROM pg_constraint WHERE conrelid = 'annotation_run_202612'::regclass "
                       "AND contype IN ('p', 'u', 'f') GROUP BY contype ORDER BY contype")  # fmt: skip
        assert cursor.fetchall() == [("f", 2), ("p", 1), ("u", 1)]
    assert _places()["late"] == "annotation_run_202612"


def test_without_partitions_days_are_days(people: People, settings: LazySettings) -> None:
    settings.RETENTION_BY_MONTH = True
    assert whole_months.end_before(FEBRUARY) is None
