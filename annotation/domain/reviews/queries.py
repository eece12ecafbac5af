"""What lists of reviews show: corrections that wait for a word."""

from __future__ import annotations

from django.db.models import QuerySet

from annotation.models import Item, Review

WAITING_ORDER = ("submitted_at", "id")


def waiting(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Those whose correction nobody has decided on yet; items taken out of their queue are left out."""
    proposed = reviews.filter(correction_state=Review.Correction.PROPOSED).exclude(item__state=Item.State.REMOVED)
    return proposed.select_related("item", "reviewer", "rubric")
