"""Feedback after it was given: another score, value, comment or correction, or taken back altogether."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from annotation.domain.feedback import deriving, giving
from annotation.domain.feedback.validation import Content, completed, problems
from annotation.models import Feedback

CONTENT = ("score", "value", "comment", "correction")
"""What may be changed; its key, target and source make a feedback what it is."""


class ReviewedFeedbackError(Exception):
    """The feedback belongs to a review."""

    def __init__(self) -> None:
        super().__init__("This feedback is part of a review: change it by submitting the review again.")


def amend(*, feedback: Feedback, changes: Mapping[str, Any], now: datetime) -> Feedback:
    """Change some of CONTENT; what is not named stays. Raises RefusedFeedbackError and ReviewedFeedbackError."""
    with transaction.atomic():
        known = _held(feedback)
        expectation = giving.expectations_of(known.workspace_id).get(known.key)
        wanted = {name: changes.get(name, getattr(known, name)) for name in CONTENT}
        content = completed(Content(known.key, **wanted), expectation)
        if found := problems(content, expectation):
            raise giving.RefusedFeedbackError(found)
        for name in CONTENT:
            setattr(known, name, getattr(content, name))
        known.modified_at = now
        known.save(update_fields=[*CONTENT, "modified_at"])
        _tell(known)
    return known


def take_back(*, feedback: Feedback) -> None:
    """Remove a feedback; one that is gone already is fine. Raises ReviewedFeedbackError."""
    with transaction.atomic():
        try:
            known = _held(feedback)
        except Feedback.DoesNotExist:
            return
        Feedback.objects.filter(pk=known.pk).delete()
        _tell(known)


def _held(feedback: Feedback) -> Feedback:
    """Its newest state, locked, after its trace: see `deriving.hold`."""
    deriving.hold(workspace_id=feedback.workspace_id, traces=[feedback.trace_uuid] if feedback.trace_uuid else [])
    rows = Feedback.objects.select_for_update(of=("self",)).select_related("workspace")
    known = rows.get(pk=feedback.pk)
    if known.review_id is not None:
        raise ReviewedFeedbackError
    return known


def _tell(known: Feedback) -> None:
    traces = [known.trace_uuid] if known.trace_uuid else []
    held = deriving.hold(workspace_id=known.workspace_id, traces=traces)
    deriving.tell(workspace_id=known.workspace_id, held=held)
