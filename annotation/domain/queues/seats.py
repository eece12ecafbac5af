"""Which items of a list have a seat for somebody, as the line counts seats."""

from __future__ import annotations

from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now

from annotation.models import Assignment, Item, Reservation, Review, User


def free(items: QuerySet[Item], person: User | None) -> QuerySet[Item]:
    """Those with a seat that nobody but the person has on the screen or by assignment; their own reviews take seats too."""
    assigned = Assignment.objects.filter(item=OuterRef("item"), reviewer=OuterRef("reviewer"))
    kept = _of_others(Assignment.objects.all(), person)
    held = _of_others(Reservation.objects.filter(~Exists(assigned), expires_at__gt=Now()), person)
    seats = F("queue__reviewers_per_item") + F("double_seats") + F("extra_seats")
    return items.filter(review_count__lt=seats - kept - held)


def _of_others(taken: QuerySet[Assignment] | QuerySet[Reservation], person: User | None) -> Coalesce:
    """How many others take a seat of the item so; somebody whose review is in has none beside it."""
    given = Review.objects.filter(item=OuterRef("item"), reviewer=OuterRef("reviewer"))
    rows = taken.filter(~Exists(given), item=OuterRef("pk")).exclude(reviewer=person).order_by()
    counted = rows.values("item").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
