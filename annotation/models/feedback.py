"""Judgements on runs, traces and threads, what their keys mean, and the taxonomy of failures."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower, Now

from annotation.models.account import Project, User, Workspace
from annotation.models.base import PublicModel, one_of


class FeedbackConfigKind(models.TextChoices):
    THUMBS = "thumbs", "Thumbs"
    NUMBER = "number", "Number"
    CATEGORIES = "categories", "Categories"
    TEXT = "text", "Text"


class FeedbackConfig(PublicModel):
    """What a feedback key means in a workspace: its kind, bounds or categories, and which values are good or bad.

    `categories` is read by `domain.feedback`: a list of {value, label, verdict, score}; for numbers, `good_from` and
    `bad_below` say where good begins and bad ends. `is_lower_better` only tells tables which way a score improves.
    """

    Kind = FeedbackConfigKind

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="feedback_configs")
    key = models.CharField(max_length=180)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    description = models.TextField(blank=True)
    minimum = models.FloatField(null=True, blank=True)
    maximum = models.FloatField(null=True, blank=True)
    good_from = models.FloatField(null=True, blank=True)
    bad_below = models.FloatField(null=True, blank=True)
    categories = models.JSONField(default=list, blank=True)
    allows_several = models.BooleanField(default=False)
    is_lower_better = models.BooleanField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    modified_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="feedback_config_key_once"),
            one_of("kind", FeedbackConfigKind, "feedback_config_kind_known"),
            models.CheckConstraint(
                condition=models.Q(minimum__isnull=True)
                | models.Q(maximum__isnull=True)
                | models.Q(minimum__lt=models.F("maximum")),
                name="feedback_config_bounds_ordered",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class FeedbackLink(PublicModel):
    """An address at which whoever has it may judge one run under one key, without a key of ours; `uuid` is the secret.

    What is given there is one feedback, with `client_id`, however often the address is used. `project` is the only one
    that it may write to, if its maker is bound to one.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    run_uuid = models.UUIDField()
    key = models.CharField(max_length=180)
    client_id = models.CharField(max_length=200)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["workspace", "run_uuid", "-id"], name="feedback_link_by_run")]

    def __str__(self) -> str:
        return f"{self.key} of {self.run_uuid}"


class FailureMode(PublicModel):
    """A label of a project's growing taxonomy; merged ones point at what they became.

    A name that a mode had before it was renamed stays as a merged one too, so that whoever still types it finds the mode.
    `group` is the heading under which it stands, empty for none.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="failure_modes")
    name = models.CharField(max_length=120)
    definition = models.TextField(blank=True)
    group = models.CharField(max_length=120, blank=True, db_default="")
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("project", Lower("name"), name="failure_mode_name_once")]

    def __str__(self) -> str:
        return self.name


class FeedbackSource(models.TextChoices):
    USER = "user", "User"
    SIGNAL = "signal", "Signal"
    JUDGE = "judge", "Judge"
    RULE = "rule", "Rule"
    REVIEWER = "reviewer", "Reviewer"
    API = "api", "API"


class FeedbackTarget(models.TextChoices):
    RUN = "run", "Run"
    TRACE = "trace", "Trace"
    THREAD = "thread", "Thread"
    PROJECT = "project", "Project"


class Feedback(PublicModel):
    """One judgement: many may stand on one target, and none overwrites that of another source.

    The target is named by ids, not by foreign keys, so that feedback may come before its trace or for a run that never
    comes. Built-in keys: `thumbs` (score 1 or 0), `label` (a failure mode), `layer` (model, harness, context),
    `first_failing_step` (on a run), `correction`, `note`, `preference` (on both traces of a pair).
    """

    Source = FeedbackSource

    Target = FeedbackTarget

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="feedback", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    target = models.CharField(max_length=8, choices=Target.choices)
    trace_uuid = models.UUIDField(null=True, blank=True)
    run_uuid = models.UUIDField(null=True, blank=True)
    run_external_id = models.TextField(null=True, blank=True)
    thread_id = models.TextField(null=True, blank=True)
    key = models.CharField(max_length=180)
    score = models.FloatField(null=True, blank=True)
    value = models.JSONField(null=True, blank=True)
    comment = models.TextField(null=True, blank=True)
    correction = models.JSONField(null=True, blank=True)
    source = models.CharField(max_length=12, choices=Source.choices)
    is_adjudicated = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    review = models.ForeignKey(
        "annotation.Review", on_delete=models.CASCADE, null=True, blank=True, related_name="feedback"
    )
    failure_mode = models.ForeignKey(
        FailureMode, on_delete=models.PROTECT, null=True, blank=True, related_name="feedback", db_index=False
    )
    client_id = models.CharField(max_length=200, null=True, blank=True)
    error = models.TextField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    modified_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "client_id"],
                condition=models.Q(client_id__isnull=False),
                name="feedback_client_id_once",
            ),
            one_of("source", FeedbackSource, "feedback_source_known"),
            models.CheckConstraint(
                condition=models.Q(target="run", run_uuid__isnull=False)
                | models.Q(target="run", run_external_id__isnull=False)
                | models.Q(target="trace", trace_uuid__isnull=False)
                | models.Q(target="thread", thread_id__isnull=False)
                | models.Q(target="project", project__isnull=False),
                name="feedback_target_named",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "trace_uuid"], name="feedback_by_trace"),
            models.Index(
                fields=["workspace", "run_uuid"], condition=models.Q(run_uuid__isnull=False), name="feedback_by_run"
            ),
            models.Index(
                fields=["workspace", "run_external_id"],
                condition=models.Q(run_external_id__isnull=False),
                name="feedback_by_external_run",
            ),
            models.Index(
                fields=["workspace", "thread_id"], condition=models.Q(target="thread"), name="feedback_by_thread"
            ),
            models.Index(fields=["workspace", "key", "-created_at"], name="feedback_by_key"),
            models.Index(fields=["workspace", "-created_at", "-id"], name="feedback_list"),
            models.Index(
                fields=["failure_mode", "-id"],
                condition=models.Q(failure_mode__isnull=False),
                name="feedback_by_failure_mode",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} by {self.source}"
