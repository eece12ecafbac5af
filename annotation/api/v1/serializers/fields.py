"""Fields that several resources write the same way."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.api.choices import refusal
from annotation.domain.datasets.content import TOO_DEEP, is_too_deep

_MOST_TOLD = 20
"""Of unknown members; more of them would make an answer far longer than what was sent."""


class StrictSerializer(serializers.Serializer[Any]):
    """An object that has these members and no others: one that is misspelt is told, and what it says not lost."""

    def to_internal_value(self, data: Any) -> Any:
        """The members; raises ValidationError where another one is among them."""
        unknown = [name for name in data if name not in self.fields] if isinstance(data, Mapping) else []
        if unknown:
            raise serializers.ValidationError({name: [refusal(name, self.fields)] for name in unknown[:_MOST_TOLD]})
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "format": "decimal", "example": "0.0012"})
class MoneyField(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs only
    """An amount as a decimal in a string, without trailing zeros."""

    def to_representation(self, value: Decimal) -> str:
        return format(value.normalize(), "f")


@extend_schema_field(OpenApiTypes.ANY)
class AnyField(serializers.Field):  # type: ignore[type-arg]  # as above
    """A JSON value as it is."""

    def to_representation(self, value: Any) -> Any:
        return value

    def to_internal_value(self, data: Any) -> Any:
        return data


class ShallowField(AnyField):
    """A JSON value as it is, which a row of a dataset can hold."""

    def to_internal_value(self, data: Any) -> Any:
        if is_too_deep(data):
            raise serializers.ValidationError(TOO_DEEP)
        return data
