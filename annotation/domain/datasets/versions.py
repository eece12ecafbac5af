"""Every change of a dataset's rows is a version: one lock, one number, counts, who and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max

from annotation.domain.datasets.content import RowContent
from annotation.domain.datasets.problems import ArchivedDatasetError
from annotation.domain.datasets.provenance import Provenance
from annotation.models import Dataset, DatasetVersion, Example, User

BATCH = 500


@dataclass(frozen=True, slots=True)
class Source:
    """Where a new row comes from: what is told (`provenance`) and the rows that still stand to be linked."""

    provenance: Provenance = field(default_factory=Provenance)
    review_id: int | None = None
    rule_revision_id: int | None = None
    accepted_by: User | None = None

    def columns(self) -> dict[str, Any]:
        """The columns of `Example` that say it."""
        return {
            "provenance": self.provenance.document(),
            "source_trace_uuid": self.provenance.trace_id,
            "source_run_uuid": self.provenance.run_id,
            "source_review_id": self.review_id,
            "source_rule_revision_id": self.rule_revision_id,
            "accepted_by": self.accepted_by,
        }


@dataclass(slots=True)
class OpenVersion:
    """The version that is being made, while its dataset is locked; a row is touched at most once in it."""

    dataset: Dataset
    number: int
    now: datetime
    added_count: int = 0
    changed_count: int = 0
    removed_count: int = 0

    @property
    def is_empty(self) -> bool:
        """Nothing changed, so there is nothing to keep."""
        return not (self.added_count or self.changed_count or self.removed_count)

    def add(self, rows: Iterable[tuple[RowContent, Source]]) -> tuple[Example, ...]:
        """Put new rows at the end."""
        last = Example.objects.filter(dataset=self.dataset).aggregate(last=Max("number"))["last"] or 0
        made = [
            self._row(content, source.columns(), uuid=uuid4(), number=number)
            for number, (content, source) in enumerate(rows, start=last + 1)
        ]
        self.added_count += len(made)
        return tuple(Example.objects.bulk_create(made, batch_size=BATCH))

    def replace(self, example: Example, content: RowContent, source: Source | None = None) -> Example:
        """The row with other content from this version on; keeps its id, its place and, unless given, its source."""
        self._end(example)
        self.changed_count += 1
        return self._again(example, content, source)

    def bring_back(self, example: Example, content: RowContent, source: Source | None = None) -> Example:
        """A removed row again, under the same id and at the same place."""
        self.added_count += 1
        return self._again(example, content, source)

    def remove(self, examples: Iterable[Example]) -> None:
        """End the rows with this version; older versions keep them."""
        for example in examples:
            self._end(example)
            self.removed_count += 1

    def _end(self, example: Example) -> None:
        example.valid_to = self.number
        example.save(update_fields=["valid_to"])

    def _again(self, example: Example, content: RowContent, source: Source | None) -> Example:
        columns = source.columns() if source else _kept_source(example)
        row = self._row(content, columns, uuid=example.uuid, number=example.number)
        row.save(force_insert=True)
        return row

    def _row(self, content: RowContent, source: dict[str, Any], *, uuid: UUID, number: int) -> Example:
        return Example(
            dataset=self.dataset,
            uuid=uuid,
            number=number,
            valid_from=self.number,
            inputs=content.inputs,
            outputs=content.outputs,
            metadata=dict(content.metadata),
            split=content.split,
            created_at=self.now,
            **source,
        )


@contextmanager
def change(*, dataset: Dataset, by: User | None, now: datetime, message: str) -> Iterator[OpenVersion]:
    """Make the next version of the dataset, or none when nothing changes in the block; all of it or nothing.

    Changes of one dataset wait for each other here. The caller's `dataset` is brought up to date.
    Raises ArchivedDatasetError.
    """
    with transaction.atomic():
        locked = Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)
        if locked.archived_at is not None:
            raise ArchivedDatasetError(locked.name)
        made = OpenVersion(locked, locked.version + 1, now)
        yield made
        if not made.is_empty:
            _keep(made, by, message)
        dataset.version, dataset.example_count = locked.version, locked.example_count


def _keep(made: OpenVersion, by: User | None, message: str) -> None:
    dataset = made.dataset
    dataset.version = made.number
    dataset.example_count += made.added_count - made.removed_count
    dataset.save(update_fields=["version", "example_count"])
    DatasetVersion.objects.create(
        dataset=dataset,
        number=made.number,
        message=message.strip(),
        added_count=made.added_count,
        changed_count=made.changed_count,
        removed_count=made.removed_count,
        example_count=dataset.example_count,
        created_by=by,
        created_at=made.now,
    )


def _kept_source(example: Example) -> dict[str, Any]:
    return {
        "provenance": example.provenance,
        "source_trace_uuid": example.source_trace_uuid,
        "source_run_uuid": example.source_run_uuid,
        "source_review_id": example.source_review_id,
        "source_rule_revision_id": example.source_rule_revision_id,
        "accepted_by_id": example.accepted_by_id,
    }
