"""How good the labels of a queue are, and how it is getting on."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotation.api.v1.serializers.fields import AnyField


class KappaSerializer(serializers.Serializer[Any]):
    """Cohen's kappa of exactly two reviewers, with its 95 % interval."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class AlphaSerializer(KappaSerializer):
    """Krippendorff's alpha with a 95 % interval; null where it is not defined."""


class ShareSerializer(serializers.Serializer[Any]):
    """How often one answer was given."""

    value = AnyField(help_text="Any of several options as a list.")
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, as pages have it
    count = serializers.IntegerField()
    share = serializers.FloatField()


class AgreementSerializer(serializers.Serializer[Any]):
    """The figures of one question."""

    key = serializers.CharField(source="asked.key")
    label = serializers.CharField(source="asked.label")  # type: ignore[assignment]  # a field of this name
    scale = serializers.CharField(source="asked.scale")
    is_of_steps = serializers.BooleanField(
        source="asked.is_of_steps", help_text="Asked of single steps: these are counted then, not items."
    )
    items = serializers.IntegerField(help_text="Items (or steps) that at least two people answered.")
    disagreed = serializers.IntegerField(help_text="Of these, those with answers that differ.")
    disagreed_items = serializers.ListField(
        child=serializers.IntegerField(),
        default=list,
        help_text="The numbers of their items in the queue, at most 1,000.",
    )
    reviewers = serializers.IntegerField()
    raw = serializers.FloatField(allow_null=True, help_text="Share of pairs of reviewers who gave the same answer.")
    kappa = KappaSerializer(allow_null=True)
    fleiss = serializers.FloatField(allow_null=True)
    alpha = AlphaSerializer()
    reliance = serializers.CharField(help_text="reliable, tentative, weak, or empty where nothing can be said yet.")
    balance = ShareSerializer(many=True)


class ForecastSerializer(serializers.Serializer[Any]):
    """When nothing is left at the present pace, and between which days with 95 %."""

    on = serializers.DateField()
    earliest = serializers.DateField()
    latest = serializers.DateField(allow_null=True, help_text="null: the pace is too uncertain to say.")


class DaySerializer(serializers.Serializer[Any]):
    """Reviews submitted on one day."""

    on = serializers.DateField()
    count = serializers.IntegerField()


class AgeSerializer(serializers.Serializer[Any]):
    """Open items that have waited so long."""

    words = serializers.CharField()
    count = serializers.IntegerField()


class LoadSerializer(serializers.Serializer[Any]):
    """What one person reviewed in the last 14 days, and what is assigned to them."""

    reviewer = serializers.EmailField(source="reviewer.email")
    review_count = serializers.IntegerField()
    median_seconds = serializers.FloatField(allow_null=True)
    last_at = serializers.DateTimeField(allow_null=True, help_text="null: not in the last 14 days.")
    assigned_count = serializers.IntegerField(help_text="Open items that are kept for them now.")


class ProgressSerializer(serializers.Serializer[Any]):
    """How a queue is getting on."""

    reviews_left = serializers.IntegerField(source="left")
    per_day = serializers.FloatField(help_text="Of the last 14 days, or of those since the first review.")
    median_seconds = serializers.FloatField(allow_null=True, help_text="Active time of one review.")
    forecast = ForecastSerializer(
        allow_null=True,
        help_text="null: nothing is left, or it is too early to say (after less than a day, or 5 reviews).",
    )
    oldest_open_at = serializers.DateTimeField(source="oldest_at", allow_null=True)
    ages = AgeSerializer(many=True)
    days = DaySerializer(many=True)
    reviewers = LoadSerializer(source="loads", many=True)
