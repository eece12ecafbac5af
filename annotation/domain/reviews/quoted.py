"""Passages that speak for the labels that stand as feedback on a trace."""

from __future__ import annotations

from collections.abc import Sequence

from annotation.domain.reviews import content
from annotation.domain.reviews.content import Evidence
from annotation.models import Feedback, Review


def of_feedback(said: Sequence[Feedback]) -> dict[int, tuple[Evidence, ...]]:
    """By inside id, what each label of a review stands on; one statement, none without labels.

    Passages speak for the whole, so of a review that gives a label to single steps too they stand with the label of the whole.
    """
    given = [(one.review_id, one.failure_mode.uuid, one) for one in said if one.review_id and one.failure_mode]
    if not given:
        return {}
    reviews = Review.every.filter(pk__in={review for review, _mode, _one in given}).values_list("pk", "labels")
    labels = {
        (pk, label.failure_mode): content.marked([label]) for pk, kept in reviews for label in content.read_labels(kept)
    }
    found = {}
    for review, mode, one in sorted(given, key=lambda each: each[2].target == Feedback.Target.RUN):
        if passages := labels.pop((review, mode), ()):
            found[one.pk] = passages
    return found
