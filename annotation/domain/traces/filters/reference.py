"""The tables of fields for the documentation, generated so that it cannot lag behind the language."""

from __future__ import annotations

from collections.abc import Iterable

from annotation.domain.traces.filters.fields import SUBJECTS, TRACE_FIELDS, Field


def tables() -> str:
    """Markdown: the fields of a trace, then those of each subject in brackets."""
    parts = ["### Fields of a trace", "", _table(TRACE_FIELDS.values())]
    for subject in SUBJECTS.values():
        parts += ["", f"### Fields in `{subject.name}(…)`", "", f"{subject.doc} Example: `{subject.example}`.", ""]
        parts.append(_table(subject.fields.values()))
    return "\n".join(parts)


def _table(fields: Iterable[Field]) -> str:
    rows = [f"| `{field.written}` | {_values(field)} | {field.doc} | `{_cell(field.example)}` |" for field in fields]
    return "\n".join(["| field | values | what it is | example |", "| --- | --- | --- | --- |", *rows])


def _values(field: Field) -> str:
    return ", ".join(f"`{choice}`" for choice in field.choices) or field.kind.value


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
