"""Rows of a dataset as JSON Lines or CSV, a piece at a time; equal rows give equal bytes. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from annotation.domain.datasets.content import canonical
from annotation.domain.datasets.provenance import Provenance

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so may be run as a formula by a spreadsheet."""

COLUMNS = ("id", "number", "inputs", "outputs", "metadata", "split", "version")


class Format(StrEnum):
    """What an export looks like."""

    JSONL = "jsonl"
    CSV = "csv"

    @property
    def content_type(self) -> str:
        """For the header of a download."""
        return {Format.JSONL: "application/jsonl", Format.CSV: "text/csv"}[self] + "; charset=utf-8"


@dataclass(frozen=True, slots=True)
class ExportedRow:
    """One row of one version, with everything that leaves."""

    id: UUID
    number: int
    inputs: Any
    outputs: Any
    metadata: dict[str, Any]
    split: str
    version: int
    provenance: Provenance

    def document(self) -> dict[str, Any]:
        """The object that stands on one line of JSON Lines."""
        return {
            "id": str(self.id),
            "number": self.number,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "metadata": self.metadata,
            "split": self.split or None,
            "version": self.version,
            "provenance": self.provenance.exported(),
        }


def jsonl(rows: Iterable[ExportedRow]) -> Iterator[bytes]:
    """One canonical JSON object a line, in UTF-8."""
    for row in rows:
        yield canonical(row.document()).encode() + b"\n"


def comma_separated(rows: Iterable[ExportedRow]) -> Iterator[bytes]:
    """CSV as in RFC 4180 with a head line; JSON parts as JSON text, and nothing that a spreadsheet would run."""
    yield csv_line((*COLUMNS, *Provenance.model_fields))
    for row in rows:
        document = row.document()
        yield csv_line([document[name] for name in COLUMNS] + list(document["provenance"].values()))


def csv_line(values: Iterable[Any]) -> bytes:
    """One line: texts as they are but inert, nothing for None, anything else as JSON."""
    line = io.StringIO(newline="")
    csv.writer(line).writerow([inert(_cell(value)) for value in values])
    return line.getvalue().encode()


WRITERS: dict[Format, Callable[[Iterable[ExportedRow]], Iterator[bytes]]] = {
    Format.JSONL: jsonl,
    Format.CSV: comma_separated,
}


def inert(cell: str) -> str:
    """The cell with an apostrophe in front if a spreadsheet would take it for a formula, else as it is."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else canonical(value)
