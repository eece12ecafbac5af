"""The caller."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class WorkspaceSerializer(serializers.Serializer[Any]):
    """The tenant."""

    slug = serializers.CharField()
    name = serializers.CharField()


class PersonSerializer(serializers.Serializer[Any]):
    """Who answers for changes."""

    id = serializers.UUIDField(source="uuid")
    email = serializers.EmailField()
    name = serializers.CharField()


class MeSerializer(serializers.Serializer[Any]):
    """An Actor."""

    workspace = WorkspaceSerializer()
    person = PersonSerializer(allow_null=True)
    key = serializers.CharField(source="key.prefix", default=None, allow_null=True, help_text="The key's prefix.")
    project = serializers.CharField(
        source="project.slug", default=None, allow_null=True, help_text="The only project that the key may touch."
    )
    capabilities = serializers.SerializerMethodField()

    def get_capabilities(self, actor: object) -> list[str]:
        """What the caller may do, by name."""
        return sorted(getattr(actor, "capabilities", ()))
