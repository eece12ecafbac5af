"""What reviewers submitted, and what they have typed but not yet submitted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from annotation.models.account import User
from annotation.models.base import PublicModel, one_of, together
from annotation.models.queue import Item, RubricVersion


class ReviewCorrection(models.TextChoices):
    NONE = "none", "None"
    PROPOSED = "proposed", "Waiting for acceptance"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"


class GivenReviews(models.Manager["Review"]):
    """What reviewers gave, without the answers that settled their differences: an adjudicator is no further reviewer."""

    def get_queryset(self) -> models.QuerySet[Review]:
        """Reviews of reviewers."""
        return super().get_queryset().filter(is_adjudication=False)


class Review(PublicModel):
    """What one reviewer submitted on one item: answers, labels, correction, note and time spent, as one unit.

    An answer that an editor wrote to settle reviews that differ is a review too, `is_adjudication`, by that editor, at most
    one an item. Nothing that counts or compares reviewers may see it, so `objects` leaves it out; `every` has all.

    `answers` (question key to value), `labels`, `steps`, `layer`, `evidence`, `correction` and `blindness` are read by
    `domain.reviews` (typed). `shown` is what the queue let its reviewer see, as `domain.queues.sight` writes it. The judgements in it are also written as feedback rows, by the same command. `is_swapped`: of
    a pair, whether the reviewer had its other trace on the left, as A.
    """

    Correction = ReviewCorrection

    objects: ClassVar[GivenReviews] = GivenReviews()
    every: ClassVar[models.Manager[Review]] = models.Manager["Review"]()

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reviews")
    rubric = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, related_name="reviews")
    answers = models.JSONField(default=dict)
    labels = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    layer = models.CharField(max_length=10, blank=True)
    first_failing_run_uuid = models.UUIDField(null=True, blank=True)
    correction = models.JSONField(null=True, blank=True)
    correction_state = models.CharField(max_length=10, choices=Correction.choices, default=Correction.NONE)
    corrected_run_uuid = models.UUIDField(null=True, blank=True)
    corrected_part = models.CharField(max_length=12, blank=True, default="")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)
    note = models.TextField(blank=True)
    active_ms = models.BigIntegerField(default=0)
    blindness = models.JSONField(default=dict)
    shown = models.JSONField(default=dict)
    is_swapped = models.BooleanField(null=True, blank=True)
    is_authoritative = models.BooleanField(default=False)
    is_adjudication = models.BooleanField(default=False)
    is_asked_again = models.BooleanField(default=False)
    submission_count = models.IntegerField(default=1)
    submitted_at = models.DateTimeField(db_default=Now())
    modified_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "reviewer"],
                condition=models.Q(is_adjudication=False),
                name="review_once_per_person_and_item",
            ),
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(is_adjudication=True), name="review_one_adjudication_per_item"
            ),
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(is_authoritative=True), name="review_one_authoritative_per_item"
            ),
            one_of("correction_state", ReviewCorrection, "review_correction_state_known"),
            together("decided_by", "decided_at", "review_decided_by_and_at"),
            models.CheckConstraint(
                condition=models.Q(layer__in=["", "model", "harness", "context"]), name="review_layer_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["submitted_at"],
                condition=models.Q(correction_state="proposed"),
                name="review_waiting_for_acceptance",
            ),
            models.Index(fields=["reviewer", "-submitted_at"], name="review_by_reviewer"),
            models.Index(
                fields=["reviewer"], condition=models.Q(is_asked_again=True), name="review_asked_again_of_reviewer"
            ),
            models.Index(fields=["reviewer", "-modified_at", "-id"], name="review_lately_of_reviewer"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} by {self.reviewer_id}"


class ReviewRevision(models.Model):
    """What a review said before it was edited; `content` is read by `domain.reviews.history` (typed).

    `number` is which submission it was, `submitted_at` when.
    """

    id = models.BigAutoField(primary_key=True)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="revisions")
    number = models.IntegerField()
    content = models.JSONField(default=dict)
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "number"], name="review_revision_number_once")]

    def __str__(self) -> str:
        return f"{self.review_id} v{self.number}"


class Draft(models.Model):
    """What a reviewer has typed on an item so far; outlives the reservation. `content` is read by `domain.reviews`.

    `submission_count` is how often they had submitted it before they took it back: what they submit next goes on counting.
    """

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="drafts")
    reviewer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    content = models.JSONField(default=dict)
    submission_count = models.IntegerField(default=0, db_default=0)
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "reviewer"], name="draft_once_per_person_and_item")]

    def __str__(self) -> str:
        return f"{self.item_id} by {self.reviewer_id}"
