"""Items given to somebody to see how they judge, not to have them judged."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from annotation.models.account import User
from annotation.models.base import PublicModel, one_of
from annotation.models.queue import Item, RubricVersion


class ProbeKind(models.TextChoices):
    GOLD = "gold", "Item with known answers"
    RETEST = "retest", "Item given again"


class Probe(PublicModel):
    """One reviewer's answers to an item whose answers are known, or that they reviewed before; once per item and person.

    It stands apart from reviews: it counts for no item, makes no feedback and is shown to nobody as a review. While it is
    open (neither answered nor `closed_at`), what the person submits on the item goes here. `answers`, `labels` (names) and
    the rest are as in a review; `content` is all that was given, as a draft keeps it. Read `submission_count` by
    `times_submitted`.
    """

    Kind = ProbeKind

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="probes")
    reviewer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    rubric = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answers = models.JSONField(default=dict)
    labels = models.JSONField(default=list)
    layer = models.CharField(max_length=10, blank=True)
    first_failing_run_uuid = models.UUIDField(null=True, blank=True)
    note = models.TextField(blank=True)
    content = models.JSONField(default=dict)
    active_ms = models.BigIntegerField(default=0)
    submission_count = models.IntegerField(default=0, db_default=0)
    given_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "reviewer"], name="probe_once_per_person_and_item"),
            one_of("kind", ProbeKind, "probe_kind_known"),
        ]
        indexes = [
            models.Index(
                fields=["reviewer", "item"],
                condition=models.Q(submitted_at__isnull=True, closed_at__isnull=True),
                name="probe_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id} for {self.reviewer_id}"

    @property
    def times_submitted(self) -> int:
        """How often it was submitted: once at least where it is answered, which may have been before that was counted."""
        return max(self.submission_count, 1) if self.submitted_at else self.submission_count

    @property
    def is_open(self) -> bool:
        """Whether it waits for the person's answer."""
        return self.submitted_at is None and self.closed_at is None
