"""API keys, as their admins see them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotation.models import ApiKey, Project


class KeySerializer(serializers.Serializer[Any]):
    """A key without its token, which nobody can see again."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(ApiKey.Scope.choices))
    project = serializers.CharField(source="project.slug", default=None, allow_null=True)
    is_confined = serializers.BooleanField()
    created_by = serializers.CharField(source="created_by.email", default=None, allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class MadeKeySerializer(KeySerializer):
    """A key that was just made, with its token, this once."""

    token = serializers.CharField()


class NewKeySerializer(serializers.Serializer[Any]):
    """A key to be made; the context names the workspace's `projects`."""

    name = serializers.CharField(max_length=120)
    scopes = serializers.ListField(child=serializers.ChoiceField(ApiKey.Scope.choices), allow_empty=False)
    project = serializers.SlugRelatedField(
        slug_field="slug", queryset=Project.objects.none(), required=False, allow_null=True, default=None
    )
    is_confined = serializers.BooleanField(required=False, default=True)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)

    def get_fields(self) -> dict[str, Any]:
        """The fields, with the projects to choose from."""
        fields = super().get_fields()
        if "projects" in self.context:
            fields["project"].queryset = self.context["projects"]  # type: ignore[attr-defined]
        return fields
