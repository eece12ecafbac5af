"""The append-only record of administrative acts."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class AuditEvent(models.Model):
    """Who did what to which thing, when. Holds ids and words rather than foreign keys, so it outlives them all."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.BigIntegerField(null=True, blank=True)
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor = models.CharField(max_length=254)
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    target = models.CharField(max_length=254, blank=True)
    detail = models.JSONField(default=dict)
    happened_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "-id"], name="audit_list"),
            models.Index(fields=["target_id", "-id"], condition=models.Q(target_kind="item"), name="audit_of_item"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.target}"
