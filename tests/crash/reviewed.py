"""What became of the reviews: each there once with its feedback and its dataset row, and every item counted right."""

from collections import Counter

from django.db.models import Count, F, Q

from annotation.models import Dataset, DatasetVersion, Example, Feedback, Item, Queue, Review
from tests.crash.senders import Ledger

_SAID = ("thumbs", "label", "note")
"""The keys under which a review of these reviewers becomes feedback, beside its correction."""


def found(queue: Queue, ledger: Ledger) -> int:
    """How many of the acknowledged reviews, and of the rows made from their corrections, are there."""
    reviews = Review.objects.filter(item__queue=queue, item__number__in=ledger.numbers("review"))
    kept = reviews.filter(answers={"thumbs": "down"}, note__startswith="Looked at").values("item").distinct().count()
    rows = Example.objects.filter(source_review__item__number__in=ledger.numbers("row"), valid_to=None)
    return kept + rows.filter(source_review__item__queue=queue).values("source_review").distinct().count()


def doubled(queue: Queue) -> int:
    """Items with more than the one review they take, rows that came twice, and feedback that was said twice."""
    items = Item.objects.filter(queue=queue).annotate(given=Count("reviews")).filter(given__gt=1).count()
    rows = Example.objects.filter(source_review__item__queue=queue, valid_to=None)
    feedback = Feedback.objects.filter(review__item__queue=queue)
    return sum(
        (
            items,
            rows.count() - rows.values("source_review").distinct().count(),
            feedback.count() - feedback.values("review", "key", "value").distinct().count(),
        )
    )


def wrong(queue: Queue) -> Counter[str]:
    """What does not agree with the reviews that are stored."""
    items = Item.objects.filter(queue=queue).annotate(given=Count("reviews"))
    is_right = Q(review_count=F("given")) & (Q(state="open", given=0) | Q(state="done", given__gt=0))
    reviews = Review.objects.filter(item__queue=queue)
    said = Feedback.objects.filter(review__in=reviews)
    accepted = reviews.exclude(correction=None)
    rows = Example.objects.filter(source_review__in=reviews, valid_to=None)
    return Counter(
        {
            "states of items": items.exclude(is_right).count(),
            "feedback of reviews": sum(abs(said.filter(key=key).count() - reviews.count()) for key in _SAID)
            + abs(said.filter(key="correction").count() - accepted.count()),
            "corrections that were not accepted": accepted.exclude(correction_state="accepted").count(),
            "rows of accepted corrections": abs(rows.count() - accepted.count()),
            "versions of the dataset": _wrong_versions(queue.target_dataset),
        }
    )


def _wrong_versions(dataset: Dataset | None) -> int:
    """Each row made a version; the newest holds them all."""
    if dataset is None:
        return 1
    dataset.refresh_from_db()
    rows = Example.objects.filter(dataset=dataset, valid_to=None).count()
    versions = DatasetVersion.objects.filter(dataset=dataset)
    numbers = list(versions.order_by("number").values_list("number", "example_count"))
    right = [(number, number) for number in range(1, rows + 1)]
    return int(numbers != right) + int((dataset.version, dataset.example_count) != (rows, rows))
