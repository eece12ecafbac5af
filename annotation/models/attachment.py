"""What a client attached to a run; the content is a file of the storage "attachments"."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from annotation.models.account import Workspace
from annotation.models.base import PublicModel


class Attachment(PublicModel):
    """A named file of a run, which it names by UUID: it may come before the run. `path` is its name in the storage."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+", db_index=False)
    run_uuid = models.UUIDField()
    name = models.CharField(max_length=200)
    mime_type = models.CharField(max_length=200)
    size = models.BigIntegerField()
    path = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "run_uuid", "name"], name="attachment_once_per_run"),
        ]

    def __str__(self) -> str:
        return self.name
