"""Pairs made out of two lists of traces, and what came of comparing."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotation.api.v1.serializers.fields import StrictSerializer
from annotation.domain.queues import pairing

JOIN = "input, thread, example (of a dataset, as LangSmith's SDKs tell it), or metadata. with a key behind it."


class SideSerializer(StrictSerializer):
    """One of the two lists."""

    project = serializers.CharField(default="", allow_blank=True, help_text="Its name or slug; empty: any.")
    filter = serializers.CharField(default="", allow_blank=True, help_text="In the filter language.")


class NewPairsSerializer(StrictSerializer):
    """Two lists of traces and what two have in common that are a pair."""

    left = SideSerializer()
    right = SideSerializer()
    by = serializers.CharField(default=pairing.INPUT, help_text=JOIN)
    most = serializers.IntegerField(default=100, min_value=1, max_value=pairing.MOST_PAIRS)
    is_preview = serializers.BooleanField(default=False, help_text="Only count; add nothing.")


class PairsAddedSerializer(serializers.Serializer[Any]):
    """What came of it; `matched_count` is how many pairs were found."""

    matched_count = serializers.IntegerField()
    added_count = serializers.IntegerField()
    present_count = serializers.IntegerField(help_text="Stood there already, or were removed by somebody and stay so.")


class StrengthSerializer(serializers.Serializer[Any]):
    """One competitor. `chance` is that of beating an average one (Bradley-Terry), with a 95 % interval."""

    name = serializers.CharField()
    comparisons = serializers.IntegerField()
    win_rate = serializers.FloatField()
    chance = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class DuelSerializer(serializers.Serializer[Any]):
    """Two competitors, counted for `one`."""

    one = serializers.CharField()
    other = serializers.CharField()
    won = serializers.IntegerField()
    tied = serializers.IntegerField()
    lost = serializers.IntegerField()


class PairResultsSerializer(serializers.Serializer[Any]):
    """Win rates and strengths; `alike` reviews compared two of the same name and are left out of both."""

    by = serializers.CharField()
    comparisons = serializers.IntegerField()
    ties = serializers.IntegerField()
    alike = serializers.IntegerField()
    left_rate = serializers.FloatField(allow_null=True, help_text="How often the left side won, ties aside.")
    strengths = StrengthSerializer(many=True)
    duels = DuelSerializer(many=True)
