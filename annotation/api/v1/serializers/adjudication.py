"""Reviews that differ, and the word on them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotation.api.v1.serializers.fields import AnyField, StrictSerializer
from annotation.api.v1.serializers.items import ItemSerializer
from annotation.api.v1.serializers.reviews import ReviewInputSerializer, ReviewSerializer, review_of

SEEN = "The `token` that you read; 409 when a review or the word on them has changed since."


class ComparisonSerializer(serializers.Serializer[Any]):
    """An item's reviews; `written` is the answer of an editor's own, if there is one, overtaken unless authoritative."""

    item = ItemSerializer()
    differs_on = serializers.ListField(
        child=serializers.CharField(), source="differing_keys", help_text="Keys of the questions with two answers."
    )
    reviews = ReviewSerializer(many=True)
    written = ReviewSerializer(allow_null=True)
    adjudicated_by = serializers.EmailField(
        source="item.adjudicated_by.email", default=None, allow_null=True, help_text="null: the majority, or nobody."
    )
    answer = AnyField(help_text="By question key: what settled the item, else what all its reviews say.")
    step_answers = AnyField(help_text="The same for questions about steps: by question key, by the step’s id.")
    token = serializers.CharField()


class SeenSerializer(StrictSerializer):
    """What the caller has read."""

    seen = serializers.CharField(default=None, allow_null=True, help_text=SEEN)


class WordSerializer(SeenSerializer):
    """One of the two: `review` to take, or `answer` to write."""

    review = serializers.UUIDField(required=False)
    answer = ReviewInputSerializer(required=False)
    note = serializers.CharField(default="", allow_blank=True, max_length=2000, help_text="Why; kept in the audit log.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of them."""
        if ("review" in attrs) == ("answer" in attrs):
            raise serializers.ValidationError("Give either review, the id of one to take, or answer.")
        return attrs

    def word(self) -> dict[str, Any]:
        """What was given, for the command."""
        given = dict(self.validated_data)
        return given if "review" in given else given | {"answers": review_of(given.pop("answer"))}
