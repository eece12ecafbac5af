"""Known answers, and how reviewers do on them and on items given again."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotation.api.v1.serializers.fields import AnyField, StrictSerializer


class GoldSerializer(StrictSerializer):
    """Answers by question key, in the form of a review; questions left out are held against nobody."""

    answers = AnyField(allow_null=True)

    def validate_answers(self, value: Any) -> Any:
        """By question key."""
        if not isinstance(value, dict):
            raise serializers.ValidationError("Give the answers by question key.")
        return value


class RateSerializer(serializers.Serializer[Any]):
    """How many of how many, with a 95 % interval (Wilson)."""

    right = serializers.IntegerField()
    of = serializers.IntegerField()
    share = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class GoldRowSerializer(serializers.Serializer[Any]):
    """One reviewer on one question; `wrong_items` are those that they answered otherwise."""

    reviewer = serializers.EmailField(source="reviewer.email")
    question = serializers.CharField(source="asked.key")
    rate = RateSerializer()
    wrong_items = serializers.SerializerMethodField()

    def get_wrong_items(self, row: Any) -> list[str]:
        return [str(one.item.uuid) for one in row.wrong]


class ConsistencySerializer(serializers.Serializer[Any]):
    """One question on items given again: share of same answers, and Krippendorff's alpha with its interval."""

    question = serializers.CharField(source="asked.key")
    items = serializers.IntegerField()
    raw = serializers.FloatField(allow_null=True)
    alpha = serializers.FloatField(source="alpha.value", allow_null=True)
    low = serializers.FloatField(source="alpha.low", allow_null=True)
    high = serializers.FloatField(source="alpha.high", allow_null=True)
    moved_items = serializers.SerializerMethodField()

    def get_moved_items(self, row: Any) -> list[str]:
        return [str(one.item.uuid) for one in row.moved]


class QualitySerializer(serializers.Serializer[Any]):
    """Both."""

    gold = GoldRowSerializer(many=True)
    consistency = ConsistencySerializer(many=True)
