"""Deletions as the REST interface takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotation.api.choices import ChoiceField
from annotation.domain.retention.deletion import MOST_TRACES


class RowsSerializer(serializers.Serializer[Any]):
    """What becomes of dataset rows."""

    rows = ChoiceField(
        choices=["keep", "erase"],
        default="keep",
        help_text="Dataset rows made from them: they stay, or their content goes from every version.",
    )


class DeletionSerializer(RowsSerializer):
    """What to delete: one of `trace_ids`, `thread_id` and `user_id`."""

    trace_ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=MOST_TRACES)
    thread_id = serializers.CharField(required=False, max_length=500, help_text="All its traces that have arrived.")
    user_id = serializers.CharField(required=False, max_length=500, help_text="All traces of this user.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in ("trace_ids", "thread_id", "user_id") if attrs.get(name)]
        if len(named) != 1:
            raise serializers.ValidationError("Name exactly one of trace_ids, thread_id and user_id.")
        return attrs
