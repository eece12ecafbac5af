"""Adds, edits, removes and restores rows; every call that changes something makes one version."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from annotation.domain.datasets import content as contents
from annotation.domain.datasets import schemas, sources, versions
from annotation.domain.datasets.content import RowContent
from annotation.domain.datasets.problems import ChangedMeanwhileError, NoSuchRowError
from annotation.domain.datasets.provenance import Origin, Provenance
from annotation.domain.datasets.versions import OpenVersion, Source
from annotation.models import Dataset, Example, Review, Run, Trace, User


def add(
    *,
    dataset: Dataset,
    rows: Iterable[RowContent],
    by: User,
    now: datetime,
    message: str = "",
    origin: Origin = Origin.HAND,
) -> tuple[Example, ...]:
    """Add rows, all in one version. Raises InvalidRowError for the first that cannot be kept, then none is."""
    source = Source(Provenance(origin=origin))
    with versions.change(dataset=dataset, by=by, now=now, message=message) as version:
        return version.add([(_fitting(version.dataset, row), source) for row in rows])


def add_from_trace(
    *,
    dataset: Dataset,
    trace: Trace,
    by: User,
    now: datetime,
    run: Run | None = None,
    content: RowContent | None = None,
    message: str = "",
) -> Example:
    """Add a trace, or one run of it, as a row; `content` stands in for its own inputs and outputs. InvalidRowError."""
    taken = content or (sources.content_of_run(run) if run else sources.content_of_trace(trace))
    source = sources.of_run(run, trace, by=by) if run else sources.of_trace(trace, by=by)
    with versions.change(dataset=dataset, by=by, now=now, message=message or "Added from a trace") as version:
        return version.add([(_fitting(version.dataset, taken), source)])[0]


ASSERTIONS = "assertions"
"""In a row's metadata: what an answer must and must not do, as the review says; what else stands there is of editors."""


def add_from_review(  # noqa: PLR0913 -- the content, where from, who, when and why
    *,
    dataset: Dataset,
    review: Review,
    inputs: Any,
    outputs: Any,
    by: User,
    now: datetime,
    trace: UUID | None = None,
    metadata: dict[str, Any] | None = None,
    split: str = "",
    message: str = "",
) -> Example:
    """The row that a review became. Once per dataset and review: again, it changes that row or leaves it as it is.

    `outputs` are the corrected ones; `trace` is the one that they correct, which of a thread only the caller knows.
    Raises ArchivedDatasetError, and InvalidRowError when the dataset's schema does not allow the row.
    """
    content = RowContent(inputs, outputs, metadata or {}, split)
    with versions.change(dataset=dataset, by=by, now=now, message=message or _accepted(review)) as version:
        source = sources.of_review(review, trace=trace, by=by)
        return _accept(version, review, _fitting(version.dataset, content), source)


def _accept(version: OpenVersion, review: Review, content: RowContent, source: Source) -> Example:
    known = Example.objects.filter(dataset=version.dataset, source_review=review).order_by("-valid_from").first()
    if known is None:
        return version.add([(content, source)])[0]
    if known.valid_to is not None:
        return version.bring_back(known, content, source)
    edited = {name: value for name, value in known.metadata.items() if name != ASSERTIONS}
    kept = replace(content, metadata={**edited, **content.metadata}, split=known.split)
    if kept.is_same(content_of(known)):
        return known
    return version.replace(known, content, source)


def _accepted(review: Review) -> str:
    return f"Accepted: item {review.item.number} of {review.item.queue.name}"


def edit(
    *,
    dataset: Dataset,
    uuid: UUID,
    content: RowContent,
    by: User,
    now: datetime,
    seen_version: int | None = None,
    message: str = "",
) -> Example:
    """Give a row other content; the same content changes nothing.

    `seen_version` is the version that the person had before their eyes. Raises NoSuchRowError, InvalidRowError, and
    ChangedMeanwhileError when the row was changed after it.
    """
    with versions.change(dataset=dataset, by=by, now=now, message=message) as version:
        example = _current(version.dataset, uuid)
        if seen_version is not None and example.valid_from > seen_version:
            raise ChangedMeanwhileError(example.valid_from)
        wanted = _fitting(version.dataset, content)
        return example if wanted.is_same(content_of(example)) else version.replace(example, wanted)


def remove(*, dataset: Dataset, uuids: Collection[UUID], by: User, now: datetime, message: str = "") -> int:
    """Take rows out of the newest version, however many of them still stand there; how many it was."""
    with versions.change(dataset=dataset, by=by, now=now, message=message) as version:
        standing = Example.objects.filter(dataset=version.dataset, uuid__in=uuids, valid_to=None)
        version.remove(standing.order_by("number"))
        return version.removed_count


def restore(*, dataset: Dataset, uuid: UUID, by: User, now: datetime, message: str = "") -> Example:
    """Put a removed row back as it last stood, under the same id; one that stands stays. Raises NoSuchRowError."""
    with versions.change(dataset=dataset, by=by, now=now, message=message) as version:
        known = Example.objects.filter(dataset=version.dataset, uuid=uuid).order_by("-valid_from").first()
        if known is None:
            raise NoSuchRowError
        return known if known.valid_to is None else version.bring_back(known, content_of(known))


def assign_split(
    *, dataset: Dataset, uuids: Collection[UUID], split: str, by: User, now: datetime, message: str = ""
) -> int:
    """Put rows into a split (empty: into none); how many changed. Raises InvalidRowError for an impossible name."""
    with versions.change(dataset=dataset, by=by, now=now, message=message) as version:
        standing = Example.objects.filter(dataset=version.dataset, uuid__in=uuids, valid_to=None)
        for example in standing.exclude(split=split.strip()).order_by("number"):
            version.replace(example, contents.checked(replace(content_of(example), split=split)))
        return version.changed_count


def content_of(example: Example) -> RowContent:
    """What a stored row holds."""
    return RowContent(example.inputs, example.outputs, example.metadata, example.split)


def _current(dataset: Dataset, uuid: UUID) -> Example:
    example = Example.objects.filter(dataset=dataset, uuid=uuid, valid_to=None).first()
    if example is None:
        raise NoSuchRowError
    return example


def _fitting(dataset: Dataset, content: RowContent) -> RowContent:
    checked = contents.checked(content)
    schemas.read(dataset.schema).hold(checked)
    return checked
