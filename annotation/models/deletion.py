"""What was deleted, and may not come back."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from annotation.models.account import Workspace
from annotation.models.job import Job


class DeletedTrace(models.Model):
    """A trace that somebody had deleted: what still arrives for it is turned away until the row is forgotten.

    The rows are also what the deleting job has left to do: `removed_at` is empty until the trace and all that hangs on it
    are gone.
    """

    id = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+", db_index=False)
    trace_uuid = models.UUIDField()
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "trace_uuid"], name="deleted_trace_once")]
        indexes = [
            models.Index(
                fields=["job", "id"], condition=models.Q(removed_at__isnull=True), name="deleted_trace_to_remove"
            ),
            models.Index(fields=["created_at"], name="deleted_trace_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.trace_uuid)
