"""Datasets, their schema and their rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.db.models import QuerySet

from annotation.domain.datasets import content as contents
from annotation.domain.datasets import schemas
from annotation.domain.datasets.content import LONGEST_SPLIT, RowContent
from annotation.domain.datasets.problems import InvalidRowError, InvalidSchemaError
from annotation.domain.datasets.schemas import RowSchema
from annotation.models import Dataset


class JsonInput(forms.CharField):
    """JSON that a person types; an empty field is None. Says where it cannot be read."""

    def __init__(self, *, rows: int, **options: Any) -> None:
        attributes = {"rows": rows, "class": "code-input", "spellcheck": "false", "autocapitalize": "off"}
        super().__init__(widget=forms.Textarea(attrs=attributes), strip=False, **options)

    def prepare_value(self, value: Any) -> Any:
        """What stands in the field: as it was typed, or the value written nicely."""
        return value if value is None or isinstance(value, str) else contents.pretty(value)

    def clean(self, value: Any) -> Any:
        """The JSON value."""
        text = super().clean(value)
        if not text.strip():
            return None
        try:
            return contents.parsed(text)
        except ValueError as problem:
            raise forms.ValidationError(f"This is not JSON. {problem}") from problem


class DatasetForm(forms.Form):
    """What a dataset is called, and what its rows have to look like."""

    name = forms.CharField(label="Name", max_length=120)
    description = forms.CharField(
        label="Description", required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    inputs_schema = JsonInput(
        label="Schema of inputs",
        rows=5,
        required=False,
        help_text="A JSON Schema. Rows that do not fit are refused; empty asks nothing.",
    )
    outputs_schema = JsonInput(label="Schema of outputs", rows=5, required=False)

    @classmethod
    def of(cls, dataset: Dataset, data: Mapping[str, Any] | None) -> DatasetForm:
        """The form of a dataset that exists."""
        schema = schemas.read(dataset.schema)
        initial = {
            "name": dataset.name,
            "description": dataset.description,
            "inputs_schema": schema.inputs,
            "outputs_schema": schema.outputs,
        }
        return cls(data, initial=initial)

    def schema(self) -> RowSchema:
        """The schema that was typed."""
        return RowSchema(self.cleaned_data["inputs_schema"], self.cleaned_data["outputs_schema"])

    def refuse_schema(self, problem: InvalidSchemaError) -> None:
        """Show what is wrong where it was typed."""
        self.add_error(f"{problem.part}_schema", str(problem))


class RowForm(forms.Form):
    """One row, as JSON, and why it is changed."""

    inputs = JsonInput(label="Inputs", rows=8, help_text="What goes into the agent. Any JSON; a text needs quotes.")
    outputs = JsonInput(
        label="Reference outputs", rows=8, required=False, help_text="What should come out. Empty: no reference."
    )
    metadata = JsonInput(label="Metadata", rows=3, required=False, help_text="An object of your own, or nothing.")
    split = forms.CharField(label="Split", required=False, max_length=LONGEST_SPLIT, help_text="Such as train or test.")
    message = forms.CharField(
        label="Why", required=False, max_length=500, help_text="Stands in the history of versions."
    )
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, content: RowContent, data: Mapping[str, Any] | None, version: int | None = None) -> Self:
        """The form of a row that exists, or is taken from somewhere."""
        initial = {
            "inputs": contents.pretty(content.inputs),
            "outputs": "" if content.outputs is None else contents.pretty(content.outputs),
            "metadata": contents.pretty(dict(content.metadata)) if content.metadata else "",
            "split": content.split,
            "seen_version": version,
        }
        return cls(data, initial=initial)

    def clean_metadata(self) -> dict[str, Any]:
        """Refuse what is not an object."""
        metadata = self.cleaned_data["metadata"]
        if metadata is not None and not isinstance(metadata, dict):
            raise forms.ValidationError('Metadata is an object, such as {"source": "support"}.')
        return metadata or {}

    def content(self) -> RowContent:
        """The row that was typed."""
        cleaned = self.cleaned_data
        return RowContent(cleaned["inputs"], cleaned["outputs"], cleaned["metadata"], cleaned["split"])

    def refuse(self, problem: InvalidRowError) -> None:
        """Show what is wrong where it was typed."""
        for part, words in problem.problems.items():
            self.add_error(part, words)


class TakenRowForm(RowForm):
    """A row that is taken from a trace, and the dataset that it goes into."""

    dataset = forms.ModelChoiceField(
        label="Dataset", queryset=Dataset.objects.none(), to_field_name="uuid", empty_label=None
    )

    @classmethod
    def taking(
        cls,
        content: RowContent,
        data: Mapping[str, Any] | None,
        datasets: QuerySet[Dataset],
        chosen: Dataset | None,
        address: str,
        *,
        shows_row: bool,
    ) -> Self:
        """The form, at this address, with `chosen` among the `datasets`; without `shows_row` the row is added as it is, and not shown."""
        form = cls.of(content, data)
        field = form.fields["dataset"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- for the type checker
        field.queryset, field.initial = datasets, chosen
        field.widget.attrs |= {
            "autofocus": True,
            "hx-get": address,
            "hx-select": "#split-names",
            "hx-target": "#split-names",
            "hx-swap": "outerHTML",
        }
        form.fields["split"].widget.attrs |= {"list": "split-names", "autocomplete": "off"}
        for name in () if shows_row else ("inputs", "outputs", "metadata"):
            form.fields[name].disabled = True  # stays as it is, whatever is sent
        return form
