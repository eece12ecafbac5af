"""Members and what they did."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotation.api.choices import ChoiceField
from annotation.models import Membership


class MemberSerializer(serializers.Serializer[Any]):
    """A person in the workspace."""

    id = serializers.UUIDField(source="user.uuid")
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name")
    role = ChoiceField(Membership.Role.choices)
    created_at = serializers.DateTimeField()


class AuditEventSerializer(serializers.Serializer[Any]):
    """One administrative act."""

    id = serializers.IntegerField()
    actor = serializers.CharField()
    action = serializers.CharField()
    target_kind = serializers.CharField()
    target_id = serializers.CharField()
    target = serializers.CharField()
    detail = serializers.DictField()
    happened_at = serializers.DateTimeField()
