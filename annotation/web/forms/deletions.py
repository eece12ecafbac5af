"""Deleting traces."""

from __future__ import annotations

from django import forms


class DeletionForm(forms.Form):
    """What becomes of dataset rows, and that it is meant."""

    rows = forms.ChoiceField(
        label="Dataset rows made from them",
        choices=(
            ("keep", "Keep them: what people accepted into datasets stays"),
            ("erase", "Erase them: out of the newest version, and their content out of every version"),
        ),
        initial="keep",
        widget=forms.RadioSelect,
    )
    is_meant = forms.BooleanField(
        label="I mean it: this cannot be undone", error_messages={"required": "Tick this to go on."}
    )


class RetentionForm(forms.Form):
    """How long a project keeps its traces."""

    days = forms.IntegerField(
        label="Days", required=False, min_value=1, max_value=3_650, help_text="Empty: traces stay for ever."
    )
