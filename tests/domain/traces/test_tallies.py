"""The totals of projects equal a recount at any moment, whoever wrote, and however many write at once."""

from __future__ import annotations

import random
import threading
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from annotation.domain.traces import tallies
from annotation.domain.traces.tallies import Totals
from annotation.models import Project, Trace, TraceTally
from tests.domain.ingest.test_store import key_of, send
from tests.factories import ProjectFactory
from tests.factories.traces import TraceFactory
from tests.fixtures.people import People
from tests.fixtures.spans import call, span


def recounted() -> dict[int, Totals]:
    rows = Trace.objects.values("project").annotate(
        t=Count("id"),
        r=Sum("run_count"),
        e=Count("id", filter=Q(status="error")),
        i=Coalesce(Sum("input_tokens"), 0),
        o=Coalesce(Sum("output_tokens"), 0),
        c=Coalesce(Sum("cost"), Decimal(0)),
    )
    return {row["project"]: Totals(row["t"], row["r"], row["e"], row["i"], row["o"], row["c"]) for row in rows}


def told() -> dict[int, Totals]:
    return {project: totals for project, totals in tallies.totals(Project.objects.all()).items() if totals != Totals()}


def test_every_way_of_writing_is_counted(db: None) -> None:
    one, other = ProjectFactory.create(), ProjectFactory.create()
    first = TraceFactory.create(project=one, run_count=3, input_tokens=5, output_tokens=7, cost=Decimal("0.0000000001"))
    TraceFactory.create(project=one, run_count=2, status="error")
    TraceFactory.create(project=other, run_count=4)
    assert told() == recounted()
    assert told()[one.pk] == Totals(2, 5, 1, 5, 7, Decimal("0.0000000001"))
    Trace.objects.filter(pk=first.pk).update(project=other, run_count=10, cost=Decimal("1.5"))
    assert told() == recounted()
    Trace.objects.filter(project=other).update(status="error", cost=None)
    assert told() == recounted()
    Trace.objects.filter(pk=first.pk).delete()
    assert told() == recounted()
    noted = TraceTally.objects.count()
    Trace.objects.update(name="another", verdict="good")
    assert TraceTally.objects.count() == noted  # nothing that is counted changed


def test_folding_changes_no_total_and_leaves_one_note_each(db: None) -> None:
    projects = [ProjectFactory.create() for _ in range(2)]
    for number in range(6):
        TraceFactory.create(project=projects[number % 2], run_count=number, cost=Decimal(number) / 7)
    before = told()
    assert before == recounted()
    for _ in range(2):
        tallies.fold()
        assert (told(), TraceTally.objects.count()) == (before, 2)


def test_a_project_goes_with_its_notes(db: None) -> None:
    project = ProjectFactory.create()
    TraceFactory.create(project=project)
    project.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not TraceTally.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_a_folder_at_once(people: People) -> None:
    key = key_of(people)

    def write(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _ in range(6):
                trace = UUID(int=chance.randrange(1, 5)).bytes
                number = chance.randrange(1, 9)
                send(key, call(number, parent=0 if number == 1 else 1, trace=trace), service_name=f"p{seed % 2}")
                tallies.fold()
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[seed]) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told() == recounted()
    assert sum(totals.traces for totals in told().values()) == Trace.objects.count() > 0


def test_a_project_is_told_with_its_counts_at_once(people: People) -> None:
    send(key_of(people), span(1), call(2, parent=1), service_name="booking")
    said = people.api("read").get("/api/v1/projects/booking").json()
    assert (said["trace_count"], said["run_count"]) == (1, 2)
    send(key_of(people), call(3, parent=1), service_name="booking")
    assert people.api("read").get("/api/v1/projects/booking").json()["run_count"] == 3
