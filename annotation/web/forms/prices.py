"""Prices of models."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from django import forms

from annotation.domain.prices.table import Terms, terms_of
from annotation.models import ModelPrice

_LARGEST_FILE = 10 * 1024 * 1024


def _day(**options: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **options)


def _amount(label: str, **options: Any) -> forms.DecimalField:
    """US dollars per million tokens, within what a column takes."""
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_digits=14,
        decimal_places=6,
        widget=forms.TextInput({"inputmode": "decimal"}),
        **options,
    )


class PriceForm(forms.Form):
    """What one model costs at one time."""

    model = forms.CharField(
        label="Model", max_length=200, help_text="As the provider names it; * stands for any characters: small-model-*."
    )
    provider = forms.CharField(
        label="Provider", max_length=80, required=False, help_text="As traces name it. Empty: whoever serves the model."
    )
    input = _amount("Input")
    output = _amount("Output")
    cache_read = _amount("Input from the cache", required=False)
    cache_write = _amount("Input into the cache", required=False)
    reasoning = _amount("Reasoning", required=False)
    valid_from = _day(label="From", help_text="The first day, UTC.")
    valid_to = _day(label="Ends before", required=False, help_text="The first day without it.")

    def terms(self) -> Terms:
        """What a valid form says."""
        return Terms(**{field.name: self.cleaned_data[field.name] for field in fields(Terms)})


class NewPriceForm(PriceForm):
    """A new price, which may succeed another."""

    is_succeeding = forms.BooleanField(
        label="End the price that holds until then",
        required=False,
        initial=True,
        help_text="A price of the same model without an end ends where this one begins.",
    )


def initial_of(price: ModelPrice) -> dict[str, Any]:
    """The form of a stored price; amounts without trailing zeros."""
    given = asdict(terms_of(price))
    amounts = ("input", "output", "cache_read", "cache_write", "reasoning")
    return given | {name: f"{given[name].normalize():f}" for name in amounts if given[name] is not None}


class PriceImportForm(forms.Form):
    """A file of prices."""

    file = forms.FileField(label="File", help_text="JSON or CSV, at most 10 MB.")
    valid_from = _day(label="From", help_text="For prices whose row names no day of its own.")
    is_any_provider = forms.BooleanField(
        label="Whoever serves the model",
        required=False,
        help_text="Leave the file's providers out: for traces that name none, or name them otherwise.",
    )

    def clean_file(self) -> Any:
        """Within the limit."""
        file = self.cleaned_data["file"]
        if file.size > _LARGEST_FILE:
            raise forms.ValidationError("This file is larger than 10 MB: leave out models that you do not use.")
        return file


class RecomputeForm(forms.Form):
    """From when on costs are computed anew."""

    since = _day(label="Since", help_text="Runs that began on this day or later.")
