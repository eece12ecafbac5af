"""Projects as the REST interface shows them."""

from __future__ import annotations

from rest_framework import serializers


class ProjectSerializer(serializers.Serializer):
    """A stream of traces of one application and environment."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    slug = serializers.CharField()
    description = serializers.CharField()
    created_at = serializers.DateTimeField()


class CountedProjectSerializer(ProjectSerializer):
    """A project with what is in it."""

    trace_count = serializers.IntegerField()
    run_count = serializers.IntegerField()
