"""Forms of the trace pages."""

from __future__ import annotations

from typing import Any

from django import forms


class FeedbackForm(forms.Form):
    """A thumb, a label or a remark, at least one of them; `run` when it is about a single step."""

    thumb = forms.ChoiceField(choices=(("up", "Good"), ("down", "Bad")), required=False)
    label = forms.CharField(max_length=120, required=False)
    comment = forms.CharField(max_length=20_000, required=False)
    run = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a form that says nothing."""
        given = super().clean() or {}
        if not self.errors and not any(given.get(name) for name in ("thumb", "label", "comment")):
            raise forms.ValidationError("Give a thumb, a label or a comment.")
        return given
