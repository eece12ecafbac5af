"""Feedback as the REST interface shows it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotation.api.v1.serializers.fields import AnyField


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
