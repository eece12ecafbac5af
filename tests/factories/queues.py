"""Queues and their items."""

from factory import LazyAttribute, Sequence, SubFactory

from annotation.models import Item, Queue
from tests.factories.accounts import WorkspaceFactory
from tests.factories.base import Factory
from tests.factories.traces import TraceFactory


class QueueFactory(Factory[Queue]):
    class Meta:
        model = Queue

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda number: f"Queue {number}")


class ItemFactory(Factory[Item]):
    """The item of `trace`, which is made when not given."""

    class Meta:
        model = Item
        exclude = ("trace",)

    queue = SubFactory(QueueFactory)
    workspace = LazyAttribute(lambda item: item.queue.workspace)
    trace = SubFactory(TraceFactory)
    number = Sequence(lambda number: number + 1)
    kind = Item.Kind.TRACE
    trace_uuid = LazyAttribute(lambda item: item.trace.uuid)
    subject = LazyAttribute(lambda item: f"trace:{item.trace.uuid}")
