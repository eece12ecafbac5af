"""What agents did: traces and their runs. Written by `domain.ingest.store` only.

Foreign keys have no index of their own where an index of several columns begins with them: every index costs ingestion.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models.functions import Concat, Left, Now

from annotation.models.account import Project, User, Workspace
from annotation.models.base import PublicModel, one_of

SEARCHED_CHARACTERS = 100_000
"""How much of a trace's input and of its output the text index covers; a tsvector may not pass 1 MB."""


def searched_text() -> SearchVector:
    """The text that a trace is found by: what the user asked and finally got."""
    head = Concat(Left("input", SEARCHED_CHARACTERS), models.Value(" "), Left("output", SEARCHED_CHARACTERS))
    return SearchVector(head, config=models.Value("simple"))


class Verdict(models.TextChoices):
    """What a trace comes down to."""

    GOOD = "good", "Good"
    BAD = "bad", "Bad"
    UNSURE = "unsure", "Unsure"


class RunStatus(models.TextChoices):
    OK = "ok", "OK"
    ERROR = "error", "Error"
    PENDING = "pending", "Pending"


class TraceManager(models.Manager["Trace"]):
    """Leaves the text index out of every SELECT: it is searched in, never read."""

    def get_queryset(self) -> models.QuerySet[Trace]:
        return super().get_queryset().defer("search")


class Trace(models.Model):
    """One execution end to end: a summary of its runs, recomputed whenever one of them changes.

    `uuid` is the OpenTelemetry trace id. `changed_at` moves with every write of a run or a feedback; `settled_at` is
    set by the rules' sweep once the trace has been quiet, and emptied when it changes again.
    """

    id = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="traces", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="traces", db_index=False)
    uuid = models.UUIDField()
    name = models.TextField(blank=True)
    status = models.CharField(max_length=8, choices=RunStatus.choices, default=RunStatus.PENDING)
    error = models.TextField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    latency_ms = models.FloatField(null=True)
    thread_id = models.TextField(null=True)
    user_id = models.TextField(null=True)
    tags = ArrayField(models.TextField(), default=list)
    metadata = models.JSONField(default=dict)
    input = models.TextField(null=True)
    output = models.TextField(null=True)
    model_names = ArrayField(models.TextField(), default=list)
    input_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    total_tokens = models.BigIntegerField(null=True)
    cost = models.DecimalField(max_digits=20, decimal_places=10, null=True)
    run_count = models.IntegerField(default=0)
    error_count = models.IntegerField(default=0)
    root_run_uuid = models.UUIDField(null=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices, null=True)
    verdict_source = models.CharField(max_length=12, null=True)
    verdict_feedback_uuid = models.UUIDField(null=True)
    changed_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    search = models.GeneratedField(expression=searched_text(), output_field=SearchVectorField(), db_persist=True)

    objects: ClassVar[TraceManager] = TraceManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "uuid"], name="trace_once_per_workspace"),
            one_of("status", RunStatus, "trace_status_known"),
            models.CheckConstraint(
                condition=models.Q(verdict__isnull=True) | models.Q(verdict__in=Verdict.values),
                name="trace_verdict_known",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-started_at", "-id"], name="trace_list"),
            models.Index(fields=["project", "-started_at", "-id"], name="trace_project_list"),
            models.Index(fields=["workspace", "thread_id", "started_at"], name="trace_thread"),
            models.Index(
                fields=["workspace", "user_id", "-started_at", "-id"],
                condition=models.Q(user_id__isnull=False),
                name="trace_user",
            ),
            models.Index(
                fields=["workspace", "verdict", "-started_at"],
                condition=models.Q(verdict__isnull=False),
                name="trace_verdict_list",
            ),
            models.Index(
                fields=["workspace", "-started_at"], condition=models.Q(status="error"), name="trace_error_list"
            ),
            # Where runs failed; with the project, so that those of others are passed over without being read.
            models.Index(
                fields=["workspace", "-started_at", "-id", "project"],
                condition=models.Q(error_count__gt=0),
                name="trace_with_failed_runs",
            ),
            models.Index(fields=["changed_at"], condition=models.Q(settled_at__isnull=True), name="trace_unsettled"),
            GinIndex(fields=["search"], name="trace_search"),
            GinIndex(fields=["tags"], name="trace_tags"),
            # Least and most of every few traces that lie together: what is rare is found by it, and it costs writers next to
            # nothing. It is taken where it helps (`domain.traces.matching.steering`).
            BrinIndex(
                fields=["latency_ms", "total_tokens", "input_tokens", "output_tokens", "cost"],
                name="trace_figures",
                pages_per_range=16,
                autosummarize=True,
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.uuid)


class RunShare(PublicModel):
    """A link with which whoever has it may look at a run and what is below it; `uuid` is the secret."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+", db_index=False)
    run_uuid = models.UUIDField()
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "run_uuid"], name="run_share_once")]

    def __str__(self) -> str:
        return f"link to {self.run_uuid}"


class TraceTally(models.Model):
    """What was added to, or taken from, the totals of a project's traces; the totals are the sums of its rows.

    A trigger writes one row per statement that changes traces, so writers never wait for each other's, and the totals
    are exact as soon as a transaction commits, whoever wrote. `domain.traces.tallies` folds many rows into one.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    traces = models.BigIntegerField(default=0)
    runs = models.BigIntegerField(default=0)
    errors = models.BigIntegerField(default=0)
    input_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    cost = models.DecimalField(max_digits=30, decimal_places=10, default=0)

    def __str__(self) -> str:
        return f"{self.traces:+} in {self.project_id}"


class RunType(models.TextChoices):
    LLM = "llm", "Model call"
    TOOL = "tool", "Tool call"
    AGENT = "agent", "Agent"
    CHAIN = "chain", "Chain"
    RETRIEVER = "retriever", "Retriever"
    EMBEDDING = "embedding", "Embedding"
    RERANKER = "reranker", "Reranker"
    GUARDRAIL = "guardrail", "Guardrail"
    EVALUATOR = "evaluator", "Evaluator"
    PROMPT = "prompt", "Prompt"
    PARSER = "parser", "Parser"
    OTHER = "other", "Other"


class Run(models.Model):
    """One step of a trace (OpenTelemetry: span).

    `uuid` follows from (trace id, span id); `external_id` keeps the client's own id. `start_nano` keeps the order of
    siblings that begin within one microsecond. Inputs, outputs, messages and attributes are read by `domain.traces`.
    `price_uuid` names the price that `cost` was computed with; without one, the cost is what the sender said.
    """

    Type = RunType

    id = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+", db_index=False)
    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="runs", db_index=False)
    uuid = models.UUIDField()
    external_id = models.TextField()
    parent_uuid = models.UUIDField(null=True)
    parent_external_id = models.TextField(null=True)
    name = models.TextField(blank=True)
    type = models.CharField(max_length=12, choices=Type.choices, default=Type.OTHER)
    status = models.CharField(max_length=8, choices=RunStatus.choices, default=RunStatus.PENDING)
    error_type = models.TextField(null=True)
    error_message = models.TextField(null=True)
    error_stack = models.TextField(null=True)
    started_at = models.DateTimeField()
    start_nano = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)
    latency_ms = models.FloatField(null=True)
    first_token_ms = models.FloatField(null=True)
    provider = models.TextField(null=True)
    model = models.TextField(null=True)
    model_requested = models.TextField(null=True)
    response_id = models.TextField(null=True)
    inputs = models.JSONField(null=True)
    outputs = models.JSONField(null=True)
    messages = models.JSONField(default=list)
    input_text = models.TextField(null=True)
    output_text = models.TextField(null=True)
    tool = models.JSONField(null=True)
    tool_calls = models.JSONField(default=list)
    documents = models.JSONField(default=list)
    input_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    total_tokens = models.BigIntegerField(null=True)
    token_details = models.JSONField(default=dict)
    cost = models.DecimalField(max_digits=20, decimal_places=10, null=True)
    price_uuid = models.UUIDField(null=True)
    thread_id = models.TextField(null=True)
    user_id = models.TextField(null=True)
    tags = ArrayField(models.TextField(), default=list)
    metadata = models.JSONField(default=dict)
    attributes = models.JSONField(default=dict)
    resource = models.JSONField(default=dict)
    events = models.JSONField(default=list)
    dialect = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "uuid"], name="run_once_per_workspace"),
            one_of("type", RunType, "run_type_known"),
            one_of("status", RunStatus, "run_status_known"),
        ]
        indexes = [
            models.Index(fields=["trace", "start_nano", "id"], name="run_tree"),
            models.Index(fields=["workspace", "external_id"], name="run_external_id"),
            models.Index(
                fields=["workspace", "response_id"],
                condition=models.Q(response_id__isnull=False),
                name="run_response_id",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.uuid)
