"""Projects as the REST interface shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class ProjectSerializer(serializers.Serializer[Any]):
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


class NewProjectSerializer(serializers.Serializer[Any]):
    """A project to be made."""

    name = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=5_000, required=False, default="", allow_blank=True)
