"""Failure modes, their uses, and what was changed about them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotation.api.choices import ChoiceField
from annotation.domain.feedback.taxonomy import queries
from annotation.models import TaxonomyChange


class FailureModeSerializer(serializers.Serializer[Any]):
    """One failure mode; `use_count` is how often it stands in feedback."""

    id = serializers.UUIDField(source="uuid")
    project = serializers.CharField(source="project.name")
    name = serializers.CharField()
    definition = serializers.CharField()
    group = serializers.CharField(help_text="The heading under which it stands; empty for none.")
    use_count = serializers.IntegerField()
    used_at = serializers.DateTimeField(allow_null=True)


class NewFailureModeSerializer(serializers.Serializer[Any]):
    """A failure mode to coin; one of this name is given back as it is."""

    project = serializers.CharField(help_text="Name or slug.")
    name = serializers.CharField(max_length=120)


class FailureModeChangeSerializer(serializers.Serializer[Any]):
    """What to change; what is left out stays."""

    name = serializers.CharField(max_length=120, required=False)
    definition = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    group = serializers.CharField(max_length=120, allow_blank=True, required=False)


class UseSerializer(serializers.Serializer[Any]):
    """One use: the feedback, and the passages that speak for it."""

    id = serializers.UUIDField(source="uuid", help_text="The feedback's id.")
    trace_id = serializers.UUIDField(source="trace_uuid", allow_null=True)
    run_id = serializers.UUIDField(source="run_uuid", allow_null=True)
    thread_id = serializers.CharField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # the base class's own is another thing
    evidence = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_evidence(self, use: Any) -> list[str]:
        return queries.passages(use)


class MergeSerializer(serializers.Serializer[Any]):
    """What to merge into."""

    into = serializers.UUIDField()


class SplitSerializer(serializers.Serializer[Any]):
    """Uses to split off, by the ids of their feedback or by a filter for their traces."""

    name = serializers.CharField(max_length=120)
    definition = serializers.CharField(max_length=10_000, allow_blank=True, default="")
    uses = serializers.ListField(child=serializers.UUIDField(), default=[], max_length=queries.MOST_SPLIT)
    filter = serializers.CharField(default="", allow_blank=True, help_text="In the filter language.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way of choosing."""
        if bool(attrs["uses"]) == bool(attrs["filter"]):
            raise serializers.ValidationError("Name the uses, or give a filter for their traces.")
        return attrs


class TaxonomyChangeSerializer(serializers.Serializer[Any]):
    """A change of the taxonomy; `job` carries its uses where they are many."""

    id = serializers.UUIDField(source="uuid")
    kind = ChoiceField(TaxonomyChange.Kind.choices)
    failure_mode = serializers.UUIDField(source="mode.uuid", allow_null=True, default=None)
    other = serializers.UUIDField(source="other.uuid", allow_null=True, default=None)
    use_count = serializers.IntegerField()
    job = serializers.UUIDField(source="job.uuid", allow_null=True, default=None)
    created_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)
