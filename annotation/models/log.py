"""Log records that say something about runs: kept until, and after, their runs have come."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from annotation.models.account import Project, Workspace


class LogRecord(models.Model):
    """An OpenTelemetry log record (event) of a run, as it was sent. Written by `domain.ingest.logs` only.

    `digest` is a hash of its content: sent again it is the same record. A record names its run by the UUID that follows
    from trace and span id; or the run is still to be found, by trace id or by the id of the model's response.
    `is_joined` says that its run has it. `only_project` is the one project that its sender may write to.
    """

    id = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+", db_index=False)
    only_project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    digest = models.UUIDField()
    trace_uuid = models.UUIDField(null=True)
    run_uuid = models.UUIDField(null=True)
    response_id = models.TextField(null=True)
    name = models.TextField(blank=True)
    time_nano = models.BigIntegerField()
    severity = models.IntegerField(default=0)
    body = models.JSONField(null=True)
    attributes = models.JSONField(default=dict)
    resource = models.JSONField(default=dict)
    is_joined = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="log_record_once")]
        indexes = [
            models.Index(
                fields=["workspace", "run_uuid"], condition=models.Q(run_uuid__isnull=False), name="log_record_by_run"
            ),
            models.Index(fields=["workspace", "trace_uuid"], name="log_record_by_trace"),
            models.Index(
                fields=["workspace", "response_id"],
                condition=models.Q(run_uuid__isnull=True, is_joined=False),
                name="log_record_parked",
            ),
            models.Index(fields=["created_at"], condition=models.Q(is_joined=False), name="log_record_waiting"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.digest)
