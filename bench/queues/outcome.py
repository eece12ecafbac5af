"""Whether a queue was drained as it should be: every seat filled, none twice."""

from __future__ import annotations

from django.db import connection
from django.db.models import Count

from annotation.models import Feedback, Item, Queue, Reservation, Review


def verified(queue: Queue, seats: int) -> int:
    """How many reviews there are. RuntimeError unless each item has as many as it has seats, each of another person."""
    items = Item.objects.filter(queue=queue)
    reviews = Review.objects.filter(item__queue=queue)
    expected = {
        "reviews": items.count() * seats,
        "pairs of item and person": items.count() * seats,
        "items with as many reviews as seats": items.count(),
        "items done": items.count(),
        "reservations left": 0,
        "feedback of reviews, of one each at least": items.count() * seats,
        "deadlocks": 0,
    }
    found = {
        "reviews": reviews.count(),
        "pairs of item and person": reviews.values("item", "reviewer").distinct().count(),
        "items with as many reviews as seats": items.annotate(n=Count("reviews")).filter(n=seats).count(),
        "items done": items.filter(state=Item.State.DONE, review_count=seats).count(),
        "reservations left": Reservation.objects.filter(item__queue=queue).count(),
        "feedback of reviews, of one each at least": Feedback.objects.filter(review__in=reviews, key="thumbs").count(),
        "deadlocks": _deadlocks(),
    }
    if found != expected:
        raise RuntimeError(f"The queue was not drained as it should be: {found}, and not {expected}")
    return found["reviews"]


def _deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
