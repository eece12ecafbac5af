"""Reads datasets: the rows of any version, the history of a row, and what changed between two versions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from annotation.domain.datasets.content import canonical
from annotation.domain.datasets.problems import NoSuchVersionError
from annotation.models import Dataset, DatasetVersion, Example

IN_ORDER = ("number",)
"""The order of rows; unique within a version, so it also pages."""

MOST_DIFFERENCES = 200


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One row as it stood in two versions; None where it was not there."""

    number: int
    uuid: UUID
    before: Example | None
    after: Example | None

    @property
    def kind(self) -> str:
        """added, removed or changed."""
        if self.before is None:
            return "added"
        return "changed" if self.after else "removed"

    @property
    def parts(self) -> tuple[str, ...]:
        """Which parts of a changed row differ."""
        if self.before is None or self.after is None:
            return ()
        names = ("inputs", "outputs", "metadata", "split")
        before, after = self.before, self.after
        return tuple(name for name in names if canonical(getattr(before, name)) != canonical(getattr(after, name)))


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one version to another, in the order of the rows; `is_cut` when there is more."""

    before: int
    after: int
    rows: tuple[RowDifference, ...]
    is_cut: bool

    def count(self, kind: str) -> int:
        """How many rows were added, removed or changed."""
        return sum(row.kind == kind for row in self.rows)


def rows_at(dataset: Dataset, number: int) -> QuerySet[Example]:
    """The rows of a version; order them by `IN_ORDER`. Raises NoSuchVersionError (0 is the empty beginning)."""
    if not 0 <= number <= dataset.version:
        raise NoSuchVersionError(number, dataset.version)
    return _standing(Example.objects.filter(dataset=dataset), number)


def history(dataset: Dataset) -> QuerySet[DatasetVersion]:
    """All versions with who made them, newest first."""
    return DatasetVersion.objects.filter(dataset=dataset).select_related("created_by").order_by("-number")


def life_of_row(dataset: Dataset, uuid: UUID) -> list[Example]:
    """Every state that a row had, oldest first; empty for an unknown row."""
    return list(Example.objects.filter(dataset=dataset, uuid=uuid).order_by("valid_from"))


def splits_of(dataset: Dataset, number: int) -> list[str]:
    """The names of the splits that a version has, sorted."""
    named = rows_at(dataset, number).exclude(split="").order_by("split")
    return list(named.values_list("split", flat=True).distinct())


def difference(dataset: Dataset, before: int, after: int, *, limit: int = MOST_DIFFERENCES) -> Difference:
    """What changed from version `before` to version `after`, whichever is newer; a row changed and changed back is not
    in it. Raises NoSuchVersionError.
    """
    for number in (before, after):
        if not 0 <= number <= dataset.version:
            raise NoSuchVersionError(number, dataset.version)
    touched = _touched(dataset, min(before, after), max(before, after))[: limit + 1]
    known = Example.objects.filter(dataset=dataset, number__in=touched[:limit])
    old = {row.number: row for row in _standing(known, before)}
    new = {row.number: row for row in _standing(known, after)}
    found = (_compared(number, old.get(number), new.get(number)) for number in touched[:limit])
    return Difference(before, after, tuple(row for row in found if row), is_cut=len(touched) > limit)


def _standing(rows: QuerySet[Example], number: int) -> QuerySet[Example]:
    return rows.filter(Q(valid_to=None) | Q(valid_to__gt=number), valid_from__lte=number)


def _touched(dataset: Dataset, older: int, newer: int) -> list[int]:
    """The places of rows that began or ended between two versions, in order."""
    begun = Q(valid_from__gt=older, valid_from__lte=newer)
    ended = Q(valid_to__gt=older, valid_to__lte=newer)
    touched = Example.objects.filter(begun | ended, dataset=dataset)
    return sorted(set(touched.values_list("number", flat=True)))


def _compared(number: int, before: Example | None, after: Example | None) -> RowDifference | None:
    standing = after or before
    if standing is None:
        return None
    row = RowDifference(number, standing.uuid, before, after)
    return None if before and after and not row.parts else row
