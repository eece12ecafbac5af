"""Deleting traces."""

from __future__ import annotations

from typing import Any

from django import forms


class RowsForm(forms.Form):
    """What becomes of dataset rows."""

    rows = forms.ChoiceField(
        label="Dataset rows made from them",
        choices=(
            ("keep", "Keep them: what people accepted into datasets stays"),
            ("erase", "Erase them: out of the newest version, and their content out of every version"),
        ),
        initial="keep",
        widget=forms.RadioSelect,
    )


class DeletionForm(RowsForm):
    """What becomes of dataset rows, and that it is meant."""

    is_meant = forms.BooleanField(
        label="I mean it: this cannot be undone", error_messages={"required": "Tick this to go on."}
    )


class ProjectDeletionForm(RowsForm):
    """The same for all of a project; that it is meant is said by typing its name."""

    name = forms.CharField(
        label="Type the project's name to delete it", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, project_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._project_name = project_name

    def clean_name(self) -> str:
        """The name as it is written."""
        name: str = self.cleaned_data["name"]
        if name != self._project_name:
            raise forms.ValidationError(f"This is not its name, which is {self._project_name}.")
        return name


class RetentionForm(forms.Form):
    """How long a project keeps its traces."""

    days = forms.IntegerField(
        label="Days", required=False, min_value=1, max_value=3_650, help_text="Empty: traces stay for ever."
    )
