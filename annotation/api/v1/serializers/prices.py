"""Prices of models as the REST interface shows and takes them."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from rest_framework import serializers

from annotation.api.v1.serializers.fields import MoneyField
from annotation.domain.prices.table import Terms, terms_of
from annotation.models import ModelPrice


class PriceSerializer(serializers.Serializer[Any]):
    """US dollars per million tokens of a model, for calls that began from `valid_from` up to, not including, `valid_to`."""

    id = serializers.UUIDField(source="uuid")
    model = serializers.CharField()
    provider = serializers.CharField()
    input = MoneyField()
    output = MoneyField()
    cache_read = MoneyField(allow_null=True)
    cache_write = MoneyField(allow_null=True)
    reasoning = MoneyField(allow_null=True)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


def _amount(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=14, decimal_places=6, min_value=0, **options)


class PriceChangeSerializer(serializers.Serializer[Any]):
    """A price to be added or changed; amounts are US dollars per million tokens, as strings or numbers."""

    model = serializers.CharField(max_length=200, help_text="As the provider names it; * stands for any characters.")
    provider = serializers.CharField(
        max_length=80, required=False, allow_blank=True, help_text="As traces name it; empty: whoever serves the model."
    )
    input = _amount()
    output = _amount()
    cache_read = _amount(required=False, allow_null=True, help_text="Null: what input costs.")
    cache_write = _amount(required=False, allow_null=True, help_text="Null: what input costs.")
    reasoning = _amount(required=False, allow_null=True, help_text="Null: what output costs.")
    valid_from = serializers.DateField(help_text="The first day, in UTC.")
    valid_to = serializers.DateField(
        required=False, allow_null=True, help_text="The day from which it no longer holds."
    )

    def terms(self, before: ModelPrice | None = None) -> Terms:
        """What was given, on top of the price as it stands."""
        given = self.validated_data
        known = asdict(terms_of(before)) if before else {}
        return Terms(**known | {field.name: given[field.name] for field in fields(Terms) if field.name in given})


class NewPriceSerializer(PriceChangeSerializer):
    """A new price."""

    ends_previous = serializers.BooleanField(
        default=False, help_text="End the price of the same model that has no end where this one begins."
    )


class PriceImportOptionsSerializer(serializers.Serializer[Any]):
    """How a file of prices is taken."""

    valid_from = serializers.DateField(required=False, help_text="For rows without a day of their own; default: today.")
    any_provider = serializers.BooleanField(default=False, help_text="Leave the file's providers out.")


class PriceProblemSerializer(serializers.Serializer[Any]):
    """What could not be taken, and why."""

    place = serializers.CharField()
    message = serializers.CharField()


class PriceImportSerializer(serializers.Serializer[Any]):
    """What became of a file of prices."""

    added_count = serializers.IntegerField()
    ended_count = serializers.IntegerField()
    present_count = serializers.IntegerField()
    skipped_count = serializers.IntegerField(help_text="Models without a price per token.")
    problems = PriceProblemSerializer(many=True)


class RecomputeSerializer(serializers.Serializer[Any]):
    """From when on."""

    since = serializers.DateField(help_text="Runs that began on this day or later.")
