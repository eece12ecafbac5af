"""Feedback of several requests shares one transaction while another one is being written, and nothing else."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from annotation.domain.feedback import deriving, giving
from annotation.domain.feedback.giving import Given, Outcome
from annotation.domain.feedback.targets import Target
from annotation.domain.feedback.validation import Content
from annotation.models import Feedback, Project, Trace, User
from tests.domain.ingest.test_store import key_of, send
from tests.factories import ProjectFactory
from tests.fixtures.people import People
from tests.fixtures.spans import span

pytestmark = pytest.mark.django_db(transaction=True)


def thumb(number: int, score: float = 1, *, client_id: str | None = None, comment: str | None = None) -> Given:
    return Given(Target(trace_id=UUID(int=number)), Content("thumbs", score, comment=comment), "user", client_id)


def give(people: People, given: Given, by: User | None = None, project: Project | None = None) -> Outcome:
    try:
        return giving.give_many(workspace=people.workspace, given=[given], now=timezone.now(), by=by, project=project)[
            0
        ]
    finally:
        connection.close()


def all_at_once(
    people: People, parts: Sequence[Given], *, by: User | None = None, project: Project | None = None
) -> "list[Future[Outcome]]":
    """One giver is held up by its trace; the others wait together until it may go on. The last one gives `by`, `project`."""
    groups = giving._groups
    with ThreadPoolExecutor(len(parts) + 1) as threads:
        with transaction.atomic():
            deriving.hold(workspace_id=people.workspace.pk, traces=[UUID(int=99)])
            threads.submit(give, people, thumb(99))
            until(lambda: groups._writing.total() == 1)
            futures = [threads.submit(give, people, part) for part in parts[:-1]]
            futures.append(threads.submit(give, people, parts[-1], by, project))
            until(lambda: sum(map(len, groups._waiting.values())) == len(parts))
        return futures


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end
        time.sleep(0.005)


def sent(people: People, *numbers: int) -> None:
    for number in numbers:
        send(key_of(people), span(1, trace=number.to_bytes(16)), service_name=people.project.name)


def transactions() -> dict[int, str]:
    """Number of each judged trace -> the transaction that wrote its feedback last."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT trace_uuid, xmin::text FROM {Feedback._meta.db_table}")  # noqa: S608 -- our own name
        return {uuid.int: transaction for uuid, transaction in cursor.fetchall()}


def test_those_who_wait_share_a_transaction_and_keep_who_they_are(people: People) -> None:
    sent(people, 1, 2, 3, 99)
    futures = all_at_once(people, [thumb(1), thumb(2, 0), thumb(7), thumb(3)], by=people.admin, project=people.project)
    assert [future.result().is_new for future in futures] == [True] * 4
    wrote = transactions()
    assert len({wrote[number] for number in (1, 2, 3, 7)}) == 1
    assert wrote[99] != wrote[1]
    assert dict(Trace.objects.values_list("uuid", "verdict")) == {
        UUID(int=1): "good", UUID(int=2): "bad", UUID(int=3): "good", UUID(int=99): "good",
    }  # fmt: skip
    assert [(one.trace_uuid, one.author) for one in Feedback.objects.filter(author__isnull=False)] == [
        (UUID(int=3), people.admin)
    ]
    assert dict(Feedback.objects.values_list("trace_uuid", "project"))[UUID(int=7)] is None


def test_one_that_cannot_be_stored_holds_up_none_of_the_others(people: People) -> None:
    sent(people, 1, 2, 99)
    futures = all_at_once(people, [thumb(1), thumb(2, comment="a\0b"), thumb(2, 0)])
    assert [futures[0].result().is_new, futures[2].result().is_new] == [True, True]
    with pytest.raises(DatabaseError):
        futures[1].result()
    assert Feedback.objects.count() == 3
    assert (giving._groups._waiting, giving._groups._writing) == ({}, {})


def test_the_same_client_id_at_once_is_one_feedback_and_rights_stay_apart(people: People) -> None:
    sent(people, 1, 99)
    other = ProjectFactory(workspace=people.workspace)
    same = [thumb(1, score, client_id="c") for score in (1, 0)]
    futures = all_at_once(people, [*same, replace(thumb(1), client_id="d")], project=other)
    first, second, refused = (future.result() for future in futures)
    assert {first.is_new, second.is_new} == {True, False}
    assert list(refused.problems) == ["target"]
    later = 0 if first.is_new else 1
    assert Feedback.objects.filter(client_id="c").values_list("score", flat=True).get() == later
