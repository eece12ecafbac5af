"""Queues and their items."""

from factory import LazyAttribute, Sequence, SubFactory

from annotation.models import Assignment, Draft, Item, MaskedValue, Queue, Reservation, RubricVersion, Skip
from tests.factories.accounts import LATER, UserFactory, WorkspaceFactory
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


class RubricVersionFactory(Factory[RubricVersion]):
    class Meta:
        model = RubricVersion

    queue = SubFactory(QueueFactory)
    number = Sequence(lambda number: number + 1)


class ReservationFactory(Factory[Reservation]):
    class Meta:
        model = Reservation

    item = SubFactory(ItemFactory)
    reviewer = SubFactory(UserFactory)
    expires_at = LATER


class AssignmentFactory(Factory[Assignment]):
    class Meta:
        model = Assignment

    item = SubFactory(ItemFactory)
    reviewer = SubFactory(UserFactory)


class MaskedValueFactory(Factory[MaskedValue]):
    class Meta:
        model = MaskedValue

    item = SubFactory(ItemFactory)
    kind = "e-mail"
    digest = Sequence(lambda n: f"{n:032x}")
    number = Sequence(lambda n: n + 1)


class SkipFactory(Factory[Skip]):
    class Meta:
        model = Skip

    item = SubFactory(ItemFactory)
    reviewer = SubFactory(UserFactory)


class DraftFactory(Factory[Draft]):
    class Meta:
        model = Draft

    item = SubFactory(ItemFactory)
    reviewer = SubFactory(UserFactory)
