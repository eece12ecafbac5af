"""Runs in partitions by month: what came before stays where it is, what comes late finds it, empty months go."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from annotation.domain.ingest import months
from annotation.domain.retention import partitions, removing
from annotation.models import Run, Trace
from tests.domain.ingest.test_store import key_of, send
from tests.factories import RunFactory, TraceFactory
from tests.fixtures.people import People
from tests.fixtures.spans import TRACE, call, span

pytestmark = pytest.mark.django_db
DECEMBER, JANUARY = datetime(2026, 12, 3, tzinfo=UTC), datetime(2027, 1, 1, 3, tzinfo=UTC)
OTHER, NEXT = TRACE[::-1], bytes(range(1, 17))


@pytest.fixture
def parted(people: People) -> People:
    """An installation that has stored a trace and then put its runs into partitions, in December."""
    send(key_of(people), span(1), call(2, parent=1))
    _checked()
    partitions.partition(now=DECEMBER)
    return people


def _checked() -> None:
    """Have foreign keys checked now: a table with checks outstanding cannot be altered."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _places() -> dict[str, str]:
    """The partition of each run by its name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tableoid::regclass::text FROM annotation_run")
        return dict(cursor.fetchall())


def _names() -> list[str]:
    return [one.table.removeprefix("annotation_run_") for one in partitions.existing()]


def test_a_month_is_told_from_a_key() -> None:
    assert months.first_key(months.number(JANUARY)) == 2027010000000000
    assert (months.following(202612), months.following(202701)) == (202701, 202702)
    assert months.around([1, 700]) == (0, 10**10)
    assert months.around([5, 2027010000000001]) == (0, 2027020000000000)


def test_what_is_stored_stays_and_late_or_repeated_spans_find_it(parted: People) -> None:
    key = key_of(parted)
    assert _names() == ["before_202612", "202612", "202701"]
    send(key, span(1), call(2, parent=1), call(3, parent=1))  # two of them again, and a late one
    send(key, span(4, trace=OTHER))
    send(key, span(4, trace=OTHER, seconds=9))
    assert _places() == {
        "span 1": "annotation_run_before_202612",
        "span 2": "annotation_run_before_202612",
        "span 3": "annotation_run_before_202612",
        "span 4": "annotation_run_202612",
    }
    assert list(Trace.objects.order_by("pk").values_list("run_count", "latency_ms")) == [(3, 1000), (1, 9000)]
    assert Trace.objects.latest("pk").pk >= 2026120000000000


def test_every_key_and_index_of_the_table_that_was_is_there_again(people: People) -> None:
    def definitions() -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = "
                           "'annotation_run'::regclass UNION ALL SELECT indexrelid::regclass::text FROM pg_index "
                           "WHERE indrelid = 'annotation_run'::regclass")  # fmt: skip
            return {one.replace(", trace_id)", ")") for (one,) in cursor.fetchall()}

    before = definitions()
    partitions.partition(now=DECEMBER)
    partitions.partition(now=DECEMBER)  # again: nothing to do
    assert definitions() == before
    run = RunFactory(trace=TraceFactory(project=people.project))
    assert partitions.is_partitioned()
    with pytest.raises(IntegrityError), transaction.atomic():
        RunFactory(trace=run.trace, uuid=run.uuid)


def test_a_month_begins_at_night_and_goes_when_nothing_is_left_of_it(parted: People) -> None:
    key = key_of(parted)
    send(key, span(4, trace=OTHER))
    _checked()
    partitions.turn(now=JANUARY)
    partitions.turn(now=JANUARY)
    assert _names() == ["before_202612", "202612", "202701", "202702"]
    send(key, span(5, trace=NEXT), span(6, parent=4, trace=OTHER))
    places = _places()
    assert (places["span 5"], places["span 6"]) == ("annotation_run_202701", "annotation_run_202612")
    uuids = Trace.objects.filter(pk__lt=2027010000000000).values_list("uuid", flat=True)
    assert removing.remove(workspace_id=parted.workspace.pk, traces=list(uuids)) == 2
    _checked()
    partitions.turn(now=JANUARY)
    assert _names() == ["202701", "202702"]
    assert list(Run.objects.values_list("name", flat=True)) == ["span 5"]


def test_a_night_without_partitions_changes_nothing(people: People) -> None:
    partitions.turn(now=JANUARY)
    assert not partitions.is_partitioned()


def test_the_command_says_what_there_is(people: People, capsys: Any) -> None:
    call_command("partition_runs")
    lines = capsys.readouterr().out.splitlines()
    assert [line.startswith("annotation_run_2") for line in lines] == [True, True]  # nothing was stored before
