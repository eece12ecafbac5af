"""What feedback keys mean, and the taxonomy of failures."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from annotation.domain.feedback.configs import Category, Meaning, categories_of
from annotation.domain.feedback.validation import MAX_KEY
from annotation.models import FeedbackConfig

_LINE = re.compile(r"(?P<value>[^|]+)(?:\|(?P<label>[^|]*))?(?:\|\s*(?P<verdict>good|bad)?\s*)?")


class MeaningForm(forms.Form):
    """What a key means; the fields that its kind does not use stay empty."""

    description = forms.CharField(
        label="Description", required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    minimum = forms.FloatField(label="Smallest value", required=False)
    maximum = forms.FloatField(label="Largest value", required=False)
    good_from = forms.FloatField(label="Good from", required=False)
    bad_below = forms.FloatField(label="Bad below", required=False)
    categories = forms.CharField(
        label="Categories",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="For categories. One a line: value | label | good or bad. Label and verdict may be left out.",
    )

    def clean_categories(self) -> tuple[Category, ...]:
        """The lines, read."""
        lines = [line.strip() for line in self.cleaned_data["categories"].splitlines()]
        return tuple(_category(line) for line in lines if line)

    def meaning(self, before: Meaning | None = None) -> Meaning:
        """What a valid form says, on top of what it does not ask for."""
        fields = ("description", "minimum", "maximum", "good_from", "bad_below", "categories")
        return replace(before or Meaning(), **{name: self.cleaned_data[name] for name in fields})


class ConfigForm(MeaningForm):
    """A new key with its kind."""

    key = forms.CharField(
        label="Key",
        max_length=MAX_KEY,
        validators=[RegexValidator(r"^[A-Za-z0-9_.:-]+$", "Use letters, digits and _ . : - only.")],
        help_text="As it is sent: resolved, csat, tone.",
    )
    kind = forms.ChoiceField(label="Kind", choices=FeedbackConfig.Kind.choices)
    field_order = ("key", "kind", "description")


class FailureModeForm(forms.Form):
    """A failure mode's name, what it means, and the heading under which it stands."""

    name = forms.CharField(label="Name", max_length=120)
    definition = forms.CharField(
        label="Definition",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What belongs here and what does not, so that two people label alike.",
    )
    group = forms.CharField(
        label="Group",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"list": "groups", "autocomplete": "off"}),
        help_text="The heading under which it stands wherever labels are listed.",
    )


def initial_of(config: FeedbackConfig) -> dict[str, Any]:
    """A config as its form shows it."""
    lines = [" | ".join([one.value, one.label, one.verdict or ""]).rstrip(" |") for one in categories_of(config)]
    names = ("description", "minimum", "maximum", "good_from", "bad_below")
    return {**{name: getattr(config, name) for name in names}, "categories": "\n".join(lines)}


def _category(line: str) -> Category:
    found = _LINE.fullmatch(line)
    if found is None:
        raise forms.ValidationError(f"“{line}” is not of the form: value | label | good or bad.")
    verdict: Any = found["verdict"] or None
    return Category(value=found["value"].strip(), label=(found["label"] or "").strip(), verdict=verdict)
