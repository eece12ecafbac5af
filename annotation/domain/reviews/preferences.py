"""A preference between two traces as feedback: on both of them, in words and as a score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from annotation.domain.queues.pairs import PREFERENCE, SCORES, outcomes
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Feedback, Review, Trace


def rows(review: Review, given: ReviewInput) -> Iterator[Feedback]:
    """On each trace `preference`: won (1), lost (0), both or neither (a tie, 0.5); and the note, if there is one."""
    item, preferred = review.item, str(given.answers[PREFERENCE])
    sides = [uuid for uuid in (item.trace_uuid, item.other_trace_uuid) if uuid]
    traces = Trace.objects.filter(workspace=item.workspace_id, uuid__in=sides)
    projects: dict[UUID, int] = dict(traces.values_list("uuid", "project_id"))
    for side, score, value in zip(sides, SCORES[preferred], outcomes(preferred), strict=True):
        yield _row(review, side, projects.get(side), key=PREFERENCE, score=score, value=value)
        if given.note:
            yield _row(review, side, projects.get(side), key="note", comment=given.note)


def _row(review: Review, trace: UUID, project_id: int | None, **columns: Any) -> Feedback:
    return Feedback(
        workspace_id=review.item.workspace_id,
        project_id=project_id,
        target=Feedback.Target.TRACE,
        trace_uuid=trace,
        source=Feedback.Source.REVIEWER,
        author=review.reviewer,
        review=review,
        created_at=review.modified_at,
        modified_at=review.modified_at,
        **columns,
    )
