"""Fields that several resources write the same way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.domain.datasets.content import TOO_DEEP, is_too_deep


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
