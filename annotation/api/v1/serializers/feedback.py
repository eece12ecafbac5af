"""Feedback as the REST interface shows it."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from rest_framework import serializers

from annotation.api.v1.serializers.fields import AnyField
from annotation.models import Feedback


class FeedbackSerializer(serializers.Serializer[Any]):
    """A judgement on a run, a trace or a thread."""

    id = serializers.UUIDField(source="uuid")
    key = serializers.CharField()
    score = serializers.FloatField(allow_null=True)
    value = AnyField()
    comment = serializers.CharField(allow_null=True)
    correction = AnyField()
    source = serializers.CharField()  # type: ignore[assignment]  # the attribute of the base class is another thing
    run_external_id = serializers.CharField(allow_null=True)
    trace_id = serializers.UUIDField(source="trace_uuid", allow_null=True)
    thread_id = serializers.CharField(allow_null=True)
    metadata = serializers.DictField()
    created_at = serializers.DateTimeField()

    def to_representation(self, instance: Feedback) -> dict[str, Any]:
        """What the fields would make of it one by one, which takes ten times as long: each feedback given is answered so."""
        return {
            "id": str(instance.uuid),
            "key": instance.key,
            "score": instance.score,
            "value": instance.value,
            "comment": instance.comment,
            "correction": instance.correction,
            "source": str(instance.source),
            "run_external_id": instance.run_external_id,
            "trace_id": instance.trace_uuid and str(instance.trace_uuid),
            "thread_id": instance.thread_id,
            "metadata": instance.metadata,
            "created_at": instance.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        }
