"""API keys, as their admins see them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotation.api.choices import ChoiceField
from annotation.models import ApiKey, Project

CONFINED = "Whether the key may touch nothing but its project."


class KeySerializer(serializers.Serializer[Any]):
    """A key without its token, which nobody can see again."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=ChoiceField(ApiKey.Scope.choices))
    project = serializers.CharField(source="project.slug", default=None, allow_null=True)
    is_confined = serializers.SerializerMethodField(help_text=CONFINED)
    created_by = serializers.CharField(source="created_by.email", default=None, allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)

    def get_is_confined(self, key: ApiKey) -> bool:
        return key.only_project is not None


class MadeKeySerializer(KeySerializer):
    """A key that was just made, with its token, this once."""

    token = serializers.CharField()


class NewKeySerializer(serializers.Serializer[Any]):
    """A key to be made; the context names the workspace's `projects`."""

    name = serializers.CharField(max_length=120)
    scopes = serializers.ListField(child=ChoiceField(ApiKey.Scope.choices), allow_empty=False)
    project = serializers.SlugRelatedField(
        slug_field="slug", queryset=Project.objects.none(), required=False, allow_null=True, default=None
    )
    is_confined = serializers.BooleanField(
        required=False, help_text=f"{CONFINED} Unless it is said: true where a project is named, else false."
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("is_confined") and attrs["project"] is None:
            raise serializers.ValidationError({"is_confined": ["Name the project that the key is to be confined to."]})
        return attrs

    def get_fields(self) -> dict[str, Any]:
        """The fields, with the projects to choose from."""
        fields = super().get_fields()
        if "projects" in self.context:
            fields["project"].queryset = self.context["projects"]  # type: ignore[attr-defined]
        return fields
