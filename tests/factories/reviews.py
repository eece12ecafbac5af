"""What people submitted."""

from factory import LazyAttribute, Sequence, SubFactory

from annotation.domain.queues import rubric_versions
from annotation.models import Probe, Review, ReviewRevision
from tests.factories.accounts import LATER, UserFactory
from tests.factories.base import Factory
from tests.factories.queues import ItemFactory


class ReviewFactory(Factory[Review]):
    """A bare row, as another reviewer's would stand there; commands are tested with commands."""

    class Meta:
        model = Review

    item = SubFactory(ItemFactory)
    reviewer = SubFactory(UserFactory)
    rubric = LazyAttribute(lambda review: rubric_versions.current(review.item.queue))


class ProbeFactory(Factory[Probe]):
    class Meta:
        model = Probe

    item = SubFactory(ItemFactory)
    reviewer = SubFactory(UserFactory)
    kind = Probe.Kind.GOLD


class ReviewRevisionFactory(Factory[ReviewRevision]):
    class Meta:
        model = ReviewRevision

    review = SubFactory(ReviewFactory)
    number = Sequence(lambda number: number + 1)
    submitted_at = LATER
