"""In which queues a trace is said to be."""

import pytest

from annotation.domain.queues import items, membership, subjects
from annotation.domain.queues.reasons import Reason
from annotation.models import Item, Trace
from tests.factories import ProjectFactory, QueueFactory
from tests.factories.traces import RunFactory, TraceFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


def put(people: People, queue: str, subject: subjects.Subject) -> Item:
    made = QueueFactory.create(workspace=people.workspace, name=queue)
    items.add(queue=made, subjects=[subject], reason=Reason(), by=people.editor)
    return Item.objects.get(queue=made)


def queues_of(trace: Trace) -> list[str]:
    return [item.queue.name for item in membership.of_trace(trace, items=Item.objects.all())]


def test_a_trace_is_where_it_its_steps_and_its_thread_are(people: People) -> None:
    trace = TraceFactory.create(project=people.project, thread_id="t1")
    run = RunFactory.create(trace=trace)
    put(people, "D", subjects.of_trace(trace.uuid))
    put(people, "C", subjects.of_run(trace.uuid, run.uuid))
    put(people, "B", subjects.of_thread(people.project.pk, "t1"))
    put(people, "A", subjects.of_pair(trace.uuid, TraceFactory.create(project=people.project).uuid))
    assert queues_of(trace) == ["A", "B", "C", "D"]


def test_it_is_not_where_it_was_removed_nor_where_a_thread_of_that_name_of_another_project_is(people: People) -> None:
    trace = TraceFactory.create(project=people.project, thread_id="t1")
    removed = put(people, "A", subjects.of_trace(trace.uuid))
    items.remove(item=removed, by=people.editor)
    put(people, "B", subjects.of_thread(ProjectFactory.create(workspace=people.workspace).pk, "t1"))
    put(people, "C", subjects.of_trace(TraceFactory.create(project=people.project).uuid))
    assert queues_of(trace) == []
