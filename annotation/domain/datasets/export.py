"""A version of a dataset as a stream of bytes: always the same ones for the same version."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from annotation.domain.datasets import provenance, queries, writers
from annotation.domain.datasets.writers import ExportedRow, Format
from annotation.models import Dataset, Example

ROWS_AT_ONCE = 500


def stream(*, dataset: Dataset, number: int, form: Format, split: str | None = None) -> Iterator[bytes]:
    """The rows of a version in their order, in pieces; only those of one split if it is given (empty: of none).

    Raises NoSuchVersionError at once, before the first piece.
    """
    rows = queries.rows_at(dataset, number)
    if split is not None:
        rows = rows.filter(split=split)
    return writers.WRITERS[form](exported(row, number) for row in _in_batches(rows))


def exported(row: Example, number: int) -> ExportedRow:
    """The row as version `number` hands it out."""
    return ExportedRow(
        id=row.uuid,
        number=row.number,
        inputs=row.inputs,
        outputs=row.outputs,
        metadata=row.metadata,
        split=row.split,
        version=number,
        provenance=provenance.read(row.provenance),
    )


def file_name(dataset: Dataset, number: int, form: Format) -> str:
    """A name for the download, such as `refunds-v3.jsonl`; plain letters whatever the dataset is called."""
    plain = "".join(character if character.isascii() and character.isalnum() else "-" for character in dataset.name)
    words = "-".join(part for part in plain.lower().split("-") if part)
    return f"{words or 'dataset'}-v{number}.{form}"


def _in_batches(rows: QuerySet[Example]) -> Iterator[Example]:
    """Rows by pages of their key: no cursor is held open, and memory does not grow with the dataset."""
    last = 0
    while batch := list(rows.filter(number__gt=last).order_by(*queries.IN_ORDER)[:ROWS_AT_ONCE]):
        yield from batch
        last = batch[-1].number
