"""The finished items of a queue as CSV: what they are about, what their reviewers said, and what settled them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Prefetch, Q

from annotation.domain.datasets.content import canonical
from annotation.domain.datasets.writers import csv_line
from annotation.domain.queues import rubric_versions, state
from annotation.domain.queues.pairs import PREFERENCE
from annotation.domain.reviews import export
from annotation.models import Item, Queue, Review, Trace

BATCH = 200
COLUMNS = ("id", "trace_id", "run_id", "name", "inputs", "outputs", "added_at", "completed_at")
OTHER = "other_trace_id"
"""Stands behind these where the queue has pairs; a preference is first (trace_id), other, both or neither."""


@dataclass(frozen=True, slots=True)
class Window:
    """When the last review was given: from `since` on, before `until`."""

    since: datetime | None = None
    until: datetime | None = None


def finished(queue: Queue, window: Window, *, with_reviewers: bool) -> Iterator[bytes]:
    """A head line and one line an item, in UTF-8, with nothing that a spreadsheet would run.

    `with_reviewers`: each reviewer's answers and note in columns of their own; else all answers to a question in one. Who
    settled the item and its one answer stand at the end, after all columns that programs know.
    """
    asked = rubric_versions.questions_of(queue)
    keys = [question.key for question in (*asked.questions, *asked.step_questions)]
    compared = Item.objects.filter(queue=queue, state__in=state.FULL, kind=Item.Kind.PAIR).exists()
    keys += [PREFERENCE] if compared else []
    people = _people(queue) if with_reviewers else None
    pair = [OTHER] if compared else []
    yield csv_line([*COLUMNS, *pair, *_heads(keys, people), *export.SETTLED, *(f"answer: {key}" for key in keys)])
    last = 0
    while items := list(_items(queue, window).filter(pk__gt=last)[:BATCH]):
        last = items[-1].pk
        traces = _traces(items)
        for item in items:
            about = _about(item, traces.get(str(item.trace_uuid)))
            other = [str(item.other_trace_uuid or "")] if compared else []
            yield csv_line([*about, *other, *_answers(item, keys, people), *_settled(item, keys)])


_LAST = Max("reviews__submitted_at", filter=Q(reviews__is_adjudication=False))


def _items(queue: Queue, window: Window) -> Any:
    reviews = Prefetch("reviews", Review.every.select_related("reviewer").order_by("id"))
    rows = Item.objects.filter(queue=queue, state__in=state.FULL).annotate(completed_at=_LAST)
    rows = rows.select_related("adjudicated_by")
    if window.since:
        rows = rows.filter(completed_at__gte=window.since)
    if window.until:
        rows = rows.filter(completed_at__lt=window.until)
    return rows.prefetch_related(reviews).order_by("pk")


def _people(queue: Queue) -> list[str]:
    given = Review.objects.filter(item__queue=queue, item__state__in=state.FULL)
    return sorted(given.values_list("reviewer__email", flat=True).distinct())


def _heads(keys: Sequence[str], people: Sequence[str] | None) -> Iterator[str]:
    for name in (*keys, "note"):
        yield from [name] if people is None else (f"{name}: {person}" for person in people)


def _about(item: Item, trace: Trace | None) -> list[str]:
    completed_at: datetime = getattr(item, "completed_at")  # noqa: B009 -- an annotation, which the type does not know
    return [
        str(item.uuid),
        str(item.trace_uuid or ""),
        str(item.run_uuid or (trace.root_run_uuid if trace else "") or ""),
        trace.name if trace else item.thread_id or "",
        (trace.input if trace else "") or "",
        (trace.output if trace else "") or "",
        item.created_at.isoformat(),
        completed_at.isoformat(),
    ]


def _answers(item: Item, keys: Sequence[str], people: Sequence[str] | None) -> Iterator[str]:
    given = {review.reviewer.email: review for review in item.reviews.all() if not review.is_adjudication}
    for key in (*keys, "note"):
        words = {email: _cell(_of(review, key)) for email, review in given.items()}
        yield from (
            ["; ".join(filter(None, words.values()))] if people is None else (words.get(one, "") for one in people)
        )


def _of(review: Review, key: str) -> Any:
    return review.note if key == "note" else export.said(review).get(key)


def _settled(item: Item, keys: Sequence[str]) -> Iterator[Any]:
    word = export.one_answer(item)
    yield from (*export.settled(item).values(), *(word.get(key) for key in keys))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else canonical(value)


def _traces(items: Sequence[Item]) -> dict[str, Trace]:
    uuids = {item.trace_uuid for item in items if item.trace_uuid}
    rows = Trace.objects.filter(workspace=items[0].workspace_id, uuid__in=uuids)
    return {str(trace.uuid): trace for trace in rows.only("uuid", "name", "input", "output", "root_run_uuid")}
