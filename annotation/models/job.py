"""Long work with progress, a log, cancel and resume."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from annotation.models.account import User, Workspace
from annotation.models.base import PublicModel, one_of


class JobStatus(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class Job(PublicModel):
    """One piece of long work: a frozen plan, worked off in bounded batches by idempotent drives.

    `plan`, `cursor`, `problems` and `result` are read by the domain module that owns the kind (typed). A drive takes
    the row with skip-locked, so two workers never work the same batch. `fruitless_count` counts the drives since the last
    step that was finished: work that kills its worker is given up on.
    """

    Status = JobStatus

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    plan = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    total_count = models.BigIntegerField(null=True, blank=True)
    done_count = models.BigIntegerField(default=0)
    fruitless_count = models.PositiveSmallIntegerField(default=0)
    problem_count = models.BigIntegerField(default=0)
    problems = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    failure = models.TextField(blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [one_of("status", JobStatus, "job_status_known")]
        indexes = [
            models.Index(fields=["workspace", "-created_at", "-id"], name="job_list"),
            models.Index(
                fields=["created_at"], condition=models.Q(status__in=["waiting", "running"]), name="job_unfinished"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class JobPayload(models.Model):
    """Bytes that a job works off, kept apart so that lists of jobs stay small (an uploaded file to import)."""

    id = models.BigAutoField(primary_key=True)
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="payload")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"payload of job {self.job_id}"
