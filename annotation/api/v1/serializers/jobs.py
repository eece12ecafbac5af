"""Jobs as the REST interface shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class JobSerializer(serializers.Serializer[Any]):
    """Long work: what it is, how far it came, and what could not be done."""

    id = serializers.UUIDField(source="uuid")
    kind = serializers.CharField()
    title = serializers.CharField()
    status = serializers.CharField(help_text="waiting, running, done, failed or cancelled")
    total_count = serializers.IntegerField(allow_null=True)
    done_count = serializers.IntegerField()
    problem_count = serializers.IntegerField()
    problems = serializers.ListField(help_text="The first hundred: [{place, message}].")
    result = serializers.DictField()
    failure = serializers.CharField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
