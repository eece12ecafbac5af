"""Datasets: rows with inputs and reference outputs, any version of which can be read for ever."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower, Now

from annotation.models.account import User, Workspace
from annotation.models.base import PublicModel
from annotation.models.review import Review
from annotation.models.rule import RuleRevision


class Dataset(PublicModel):
    """A named set of examples. `version` is the number of its newest version."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="datasets")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    schema = models.JSONField(null=True, blank=True)
    version = models.IntegerField(default=0)
    example_count = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("workspace", Lower("name"), name="dataset_name_once")]

    def __str__(self) -> str:
        return self.name


class DatasetVersion(models.Model):
    """One state of a dataset: which examples it holds follows from their validity."""

    id = models.BigAutoField(primary_key=True)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    message = models.TextField(blank=True)
    added_count = models.IntegerField(default=0)
    changed_count = models.IntegerField(default=0)
    removed_count = models.IntegerField(default=0)
    example_count = models.IntegerField(default=0)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "number"], name="dataset_version_number_once")]

    def __str__(self) -> str:
        return f"{self.dataset_id} v{self.number}"


class Example(models.Model):
    """One row of a dataset from version `valid_from` up to, not including, `valid_to` (null: still).

    `uuid` and `number` (its place among the rows) stay the same when the row is edited. Where it came from: trace,
    run, review (with its correction), who accepted it and which rule revision sent the trace to people. `provenance`
    keeps the same as it was said when the row was made (read by `domain.datasets.provenance`), so that an exported
    version stays the same bytes even after a person, a rule or a queue is gone.
    """

    id = models.BigAutoField(primary_key=True)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="examples", db_index=False)
    uuid = models.UUIDField()
    number = models.IntegerField()
    valid_from = models.IntegerField()
    valid_to = models.IntegerField(null=True, blank=True)
    inputs = models.JSONField()
    outputs = models.JSONField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    split = models.CharField(max_length=60, blank=True)
    provenance = models.JSONField(default=dict, blank=True)
    source_trace_uuid = models.UUIDField(null=True, blank=True)
    source_run_uuid = models.UUIDField(null=True, blank=True)
    source_review = models.ForeignKey(Review, on_delete=models.SET_NULL, null=True, blank=True, related_name="examples")
    source_rule_revision = models.ForeignKey(
        RuleRevision, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "uuid", "valid_from"], name="example_once_per_version"),
            models.UniqueConstraint(
                fields=["dataset", "uuid"], condition=models.Q(valid_to__isnull=True), name="example_one_current"
            ),
            models.UniqueConstraint(
                fields=["dataset", "number"], condition=models.Q(valid_to__isnull=True), name="example_number_once"
            ),
            models.UniqueConstraint(
                fields=["dataset", "source_review"],
                condition=models.Q(valid_to__isnull=True, source_review__isnull=False),
                name="example_once_per_review",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="example_validity_ordered",
            ),
        ]
        indexes = [
            models.Index(fields=["dataset", "number", "valid_from"], name="example_list"),
            models.Index(fields=["dataset", "valid_from"], name="example_begun_in_version"),
            models.Index(
                fields=["dataset", "valid_to"],
                condition=models.Q(valid_to__isnull=False),
                name="example_ended_in_version",
            ),
            models.Index(fields=["source_trace_uuid"], name="example_by_trace"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)
