"""Requests that wait for each other share one transaction, and nothing else."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from annotation.domain.feedback import joining
from annotation.domain.ingest import grouping, mapping, otlp
from annotation.domain.ingest.otlp import Encoding
from annotation.domain.ingest.records import RunRecord
from annotation.domain.ingest.store import FOREIGN_TRACE, Destination, Stored
from annotation.models import Project, Run, Trace
from tests.fixtures.people import People
from tests.fixtures.spans import call, request, span

pytestmark = pytest.mark.django_db(transaction=True)


def runs(number: int, *more: Any) -> Sequence[RunRecord]:
    """A trace with a root, and what else is given."""
    body = request([span(1, trace=number.to_bytes(16)), *more])
    return mapping.to_runs(otlp.decode(body, encoding=Encoding.PROTOBUF).spans, received_ns=1)


def target(people: People, *, bound: bool = False) -> Destination:
    names = {run.project for run in runs(1)}
    pk = people.project.pk
    return Destination(people.workspace.pk, dict.fromkeys(names, pk), pk if bound else None)


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end
        time.sleep(0.005)


@contextmanager
def nobody_can_store(people: People) -> Iterator[None]:
    with transaction.atomic():
        joining.wait_for_arrivals(workspace_id=people.workspace.pk)
        yield


def write(part: Sequence[RunRecord], destination: Destination) -> Stored:
    try:
        return grouping.write(runs=part, destination=destination)
    finally:
        connection.close()


def all_at_once(
    people: People, parts: Sequence[Sequence[RunRecord]], destination: Destination
) -> "list[Future[Stored]]":
    """Let two requests begin to write; those of `parts` then wait together until these two may go on."""
    ahead, waiting = [runs(1001), runs(1002)], grouping._groups._waiting
    with ThreadPoolExecutor(len(parts) + 2) as threads, nobody_can_store(people):
        for number, part in enumerate(ahead, start=1):
            threads.submit(write, part, destination)
            until(lambda number=number: grouping._groups._writing.total() == number)  # type: ignore[misc]
        futures = [threads.submit(write, part, destination) for part in parts]
        until(lambda: sum(map(len, waiting.values())) == len(parts))
    return futures


def transactions() -> dict[int, int]:
    """Number of each trace -> the transaction that wrote it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT uuid, xmin::text::bigint FROM annotation_trace")
        return {uuid.int: xmin for uuid, xmin in cursor.fetchall()}


def test_those_who_wait_are_written_in_one_transaction(people: People) -> None:
    futures = all_at_once(people, [runs(number) for number in range(1, 6)], target(people))
    assert [future.result(20).changed_count for future in futures] == [1] * 5
    wrote = transactions()
    assert len({wrote[number] for number in range(1, 6)}) == 1
    assert wrote[1001] != wrote[1002] != wrote[1]


def test_two_requests_with_one_trace_at_once_give_it_whole(people: People) -> None:
    trace = (1).to_bytes(16)
    first = runs(1, call(2, parent=1, trace=trace))
    second = runs(1, call(3, parent=1, trace=trace))
    futures = all_at_once(people, [first, second, first], target(people))
    assert [future.result(20).rejections.count for future in futures] == [0, 0, 0]
    assert Trace.objects.values_list("run_count", "input_tokens", "status").get(uuid=UUID(int=1)) == (3, 20, "ok")
    assert Run.objects.filter(trace__uuid=UUID(int=1)).count() == 3


def test_one_that_cannot_be_stored_fails_alone(people: People) -> None:
    bad = [replace(run, name="nul \0") for run in runs(2)]
    futures = all_at_once(people, [runs(1), bad, runs(3)], target(people))
    with pytest.raises(DatabaseError):
        futures[1].result(20)
    assert [futures[number].result(20) for number in (0, 2)] == [futures[0].result()] * 2
    assert sorted(transactions()) == [1, 3, 1001, 1002]


def test_what_is_refused_is_told_to_its_sender(people: People) -> None:
    other = Project.objects.create(workspace=people.workspace, name="other", slug="other")
    elsewhere = replace(target(people), project_ids=dict.fromkeys(target(people).project_ids, other.pk))
    grouping.write(runs=runs(2), destination=elsewhere)
    late = runs(2, span(2, trace=(2).to_bytes(16), parent=1))
    futures = all_at_once(people, [runs(1), late, runs(3)], target(people, bound=True))
    refused = [dict(future.result(20).rejections.reasons) for future in futures]
    assert refused == [{}, {FOREIGN_TRACE: 2}, {}]
    assert Run.objects.filter(trace__uuid=UUID(int=2)).count() == 1


def test_nothing_waits_when_all_is_quiet(people: People) -> None:
    write(runs(1), target(people))
    assert (grouping._groups._waiting, grouping._groups._writing) == ({}, {})
