"""Traces and runs as the REST interface shows them; what is absent is null."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotation.api.v1.serializers.feedback import FeedbackSerializer
from annotation.api.v1.serializers.fields import AnyField, MoneyField
from annotation.models import Run


class TraceSerializer(serializers.Serializer[Any]):
    """A trace without its runs."""

    id = serializers.UUIDField(source="uuid", help_text="The OpenTelemetry trace id as UUID.")
    project = serializers.CharField(source="project.name")
    name = serializers.CharField()
    status = serializers.CharField(help_text="ok, error or pending")
    error = serializers.CharField(allow_null=True)
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    latency_ms = serializers.FloatField(allow_null=True)
    thread_id = serializers.CharField(allow_null=True)
    user_id = serializers.CharField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    metadata = serializers.DictField()
    input = serializers.CharField(allow_null=True, help_text="What the user asked.")
    output = serializers.CharField(allow_null=True, help_text="What the user finally got.")
    input_tokens = serializers.IntegerField(allow_null=True, help_text="Each model call once.")
    output_tokens = serializers.IntegerField(allow_null=True)
    total_tokens = serializers.IntegerField(allow_null=True)
    cost = MoneyField(allow_null=True)
    models = serializers.ListField(source="model_names", child=serializers.CharField())
    verdict = serializers.CharField(allow_null=True, help_text="good, bad or unsure; null: nothing was said.")


class RunErrorSerializer(serializers.Serializer[Any]):
    """Why a run failed."""

    type = serializers.CharField(source="error_type", allow_null=True)
    message = serializers.CharField(source="error_message", allow_null=True)
    stack = serializers.CharField(source="error_stack", allow_null=True)


class RunSerializer(serializers.Serializer[Any]):
    """One step of a trace."""

    id = serializers.UUIDField(source="uuid")
    external_id = serializers.CharField(help_text="The span id in hex, or the client's own id.")
    parent_id = serializers.UUIDField(source="parent_uuid", allow_null=True)
    parent_external_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    type = serializers.CharField()
    status = serializers.CharField()
    error = serializers.SerializerMethodField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    latency_ms = serializers.FloatField(allow_null=True)
    provider = serializers.CharField(allow_null=True)
    model = serializers.CharField(allow_null=True)
    model_requested = serializers.CharField(allow_null=True)
    response_id = serializers.CharField(allow_null=True)
    inputs = AnyField()
    outputs = AnyField()
    messages = AnyField(help_text="[{role, parts: [{type, …}]}], inputs first.")
    input_text = serializers.CharField(allow_null=True, help_text="What a person should read.")
    output_text = serializers.CharField(allow_null=True)
    tool = AnyField(help_text="{name, arguments, result}")
    tool_calls = AnyField(help_text="[{id, name, arguments}]: what the model asked for.")
    documents = AnyField(help_text="[{id, content, score, metadata}]")
    input_tokens = serializers.IntegerField(allow_null=True)
    output_tokens = serializers.IntegerField(allow_null=True)
    total_tokens = serializers.IntegerField(allow_null=True)
    cost = MoneyField(allow_null=True)
    cost_source = serializers.SerializerMethodField(help_text="given by the sender, computed from a price, or null")
    attributes = serializers.DictField()

    def get_cost_source(self, run: Run) -> str | None:
        """Where the cost comes from."""
        if run.cost is None:
            return None
        return "computed" if run.price_uuid else "given"

    def get_error(self, run: Run) -> dict[str, Any] | None:
        """Null unless the run failed."""
        return RunErrorSerializer(run).data if run.status == "error" else None


class QueuedSerializer(serializers.Serializer[Any]):
    """An item of a queue that is about the trace, one of its runs, its thread, or a pair with it."""

    queue = serializers.UUIDField(source="queue.uuid")
    queue_name = serializers.CharField(source="queue.name")
    item = serializers.UUIDField(source="uuid")
    number = serializers.IntegerField(help_text="Of the item in its queue.")
    kind = serializers.CharField(help_text="trace, run, thread or pair")
    state = serializers.CharField(help_text="open, disagreement or done")


class WholeTraceSerializer(TraceSerializer):
    """A trace with its runs in start order, its feedback, and the queues that it is in."""

    runs = RunSerializer(many=True)
    feedback = FeedbackSerializer(many=True)
    queues = QueuedSerializer(many=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Of a `domain.traces.whole.WholeTrace`; the items are the context's `queued`."""
        shown: dict[str, Any] = TraceSerializer(instance.trace).data
        shown["runs"] = RunSerializer(instance.runs, many=True).data
        shown["feedback"] = FeedbackSerializer(instance.feedback, many=True).data
        shown["queues"] = QueuedSerializer(self.context["queued"], many=True).data
        return shown
