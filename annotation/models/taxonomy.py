"""What was done to a project's failure modes, kept so that it can be undone."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from annotation.models.account import Project, User
from annotation.models.base import PublicModel, one_of, together
from annotation.models.feedback import FailureMode
from annotation.models.job import Job


class TaxonomyChangeKind(models.TextChoices):
    RENAMED = "renamed", "Renamed"
    MERGED = "merged", "Merged"
    SPLIT = "split", "Split"
    GROUPED = "grouped", "Grouped"


class TaxonomyChange(PublicModel):
    """One change of the taxonomy. `mode` is what was changed; `other` what it was merged into, or what was split off it.

    `detail` is read by `domain.feedback.taxonomy`: names before and after, and the drafts that were brought in line. The
    uses that a merge or a split carries from one mode to another stand in CarriedUse; `job` carries them where they are many.
    """

    Kind = TaxonomyChangeKind

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    mode = models.ForeignKey(FailureMode, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    other = models.ForeignKey(FailureMode, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    detail = models.JSONField(default=dict, blank=True)
    use_count = models.IntegerField(default=0)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    undone_by = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("kind", TaxonomyChangeKind, "taxonomy_change_kind_known"),
            together("undone_by", "undone_at", "taxonomy_change_undone_by_and_at"),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="taxonomy_change_list")]

    def __str__(self) -> str:
        return f"{self.kind} {self.detail.get('from', '')}"


class CarriedUse(models.Model):
    """One use of a failure mode that a change carries over: a feedback row, by its inside id.

    A review that is edited gets new feedback, so a use that is no more says that somebody has spoken since. `places` are
    those of the label in the review that the feedback comes from.
    """

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(TaxonomyChange, on_delete=models.CASCADE, related_name="carried", db_index=False)
    feedback_id = models.BigIntegerField()
    places = ArrayField(models.IntegerField(), default=list)
    is_carried = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "feedback_id"], name="carried_use_once")]
        indexes = [models.Index(fields=["change", "is_carried", "feedback_id"], name="carried_use_waiting")]

    def __str__(self) -> str:
        return f"{self.feedback_id} of {self.change_id}"
