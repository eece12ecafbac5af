"""Dataset rows that were made from deleted traces: their content goes from every version, the versions stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from annotation.domain.datasets import versions
from annotation.models import Dataset, Example, User

ERASED = {"erased": True}
"""What stands in place of the inputs of an erased row."""
_WHY = "Erased: the traces behind these rows were deleted"


def rows_of(workspace_id: int, traces: Collection[UUID] | QuerySet[Any, Any]) -> QuerySet[Example]:
    """All states of the rows that were made from the traces."""
    return Example.objects.filter(source_trace_uuid__in=traces, dataset__workspace=workspace_id)


def erase(*, workspace_id: int, traces: Collection[UUID], by: User | None, now: datetime) -> int:
    """Take the rows out of the newest version, and their content out of all; how many rows it was.

    Versions keep their numbers and counts, so that an experiment still names the version that it ran on. An archived
    dataset gets no new version: its rows stand there, emptied.
    """
    uuids: dict[int, set[UUID]] = defaultdict(set)
    for dataset_id, uuid in rows_of(workspace_id, traces).values_list("dataset_id", "uuid"):
        uuids[dataset_id].add(uuid)
    with transaction.atomic():
        for dataset in Dataset.objects.filter(pk__in=uuids).order_by("pk"):
            rows = Example.objects.filter(dataset=dataset, uuid__in=uuids[dataset.pk])
            if dataset.archived_at is None:
                with versions.change(dataset=dataset, by=by, now=now, message=_WHY) as version:
                    version.remove(rows.filter(valid_to=None).order_by("number"))
            _empty(rows)
    return sum(len(found) for found in uuids.values())


def _empty(rows: QuerySet[Example]) -> None:
    rows.update(
        inputs=ERASED,
        outputs=None,
        metadata={},
        provenance={},
        source_trace_uuid=None,
        source_run_uuid=None,
        source_review=None,
        source_rule_revision=None,
    )
