"""Rules, their immutable revisions, and what each revision decided on each trace."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower, Now

from annotation.models.account import User, Workspace
from annotation.models.base import PublicModel, one_of
from annotation.models.trace import Trace


class Rule(PublicModel):
    """Filter, sampling and actions under a name; its meaning lives in its current revision.

    `uuid` salts the sampling hash, so it stays the same over all revisions.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="rules")
    name = models.CharField(max_length=120)
    is_enabled = models.BooleanField(default=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    current = models.ForeignKey("RuleRevision", on_delete=models.PROTECT, null=True, related_name="+")
    failure_count = models.IntegerField(default=0)
    failure = models.TextField(blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("name"), condition=models.Q(archived_at__isnull=True), name="rule_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RuleRevision(models.Model):
    """One immutable state of a rule. `actions` is read by `domain.rules` (typed)."""

    id = models.BigAutoField(primary_key=True)
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="revisions")
    number = models.IntegerField()
    filter = models.TextField(blank=True)
    sample_rate = models.DecimalField(max_digits=7, decimal_places=6)
    actions = models.JSONField(default=list)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="rule_revision_number_once"),
            models.CheckConstraint(
                condition=models.Q(sample_rate__gt=0, sample_rate__lte=1), name="rule_revision_rate_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.number}"


class DecisionOrigin(models.TextChoices):
    LIVE = "live", "Live"
    BACKFILL = "backfill", "Backfill"


class Decision(models.Model):
    """One rule revision's word on one trace."""

    Origin = DecisionOrigin

    id = models.BigAutoField(primary_key=True)
    revision = models.ForeignKey(RuleRevision, on_delete=models.CASCADE, related_name="decisions", db_index=False)
    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="decisions")
    is_matched = models.BooleanField()
    is_sampled = models.BooleanField()
    probability = models.DecimalField(max_digits=7, decimal_places=6)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    decided_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "trace"], name="decision_once_per_revision_and_trace"),
            models.CheckConstraint(
                condition=models.Q(is_sampled=False) | models.Q(is_matched=True), name="decision_sampled_is_matched"
            ),
            one_of("origin", DecisionOrigin, "decision_origin_known"),
        ]
        indexes = [
            models.Index(
                fields=["revision", "-decided_at"], condition=models.Q(is_matched=True), name="decision_matched_log"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id} on {self.trace_id}"
