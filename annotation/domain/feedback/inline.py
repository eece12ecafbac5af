"""Feedback that a member gives while reading a trace: a thumb to change one's mind about, notes, labels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from annotation.domain.feedback import failure_modes, giving
from annotation.domain.feedback.giving import Given
from annotation.domain.feedback.targets import Target
from annotation.domain.feedback.validation import Content
from annotation.models import Feedback, Trace, User


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged: a trace, or one run of it."""

    trace: Trace
    run_uuid: UUID | None = None

    @property
    def target(self) -> Target:
        """The same as the giving of feedback names it."""
        return Target(run_id=self.run_uuid, trace_id=self.trace.uuid)


def thumb(*, subject: Subject, is_up: bool, by: User, now: datetime) -> Feedback:
    """This person's thumb on the subject; a second one takes the place of the first."""
    return _give(subject, Content(key="thumbs", score=1.0 if is_up else 0.0), by, now, once="thumbs")


def note(*, subject: Subject, comment: str, by: User, now: datetime) -> Feedback:
    """A remark for the team."""
    return _give(subject, Content(key="note", comment=comment.strip()), by, now)


def label(*, subject: Subject, name: str, by: User, now: datetime) -> Feedback:
    """A failure mode of the trace's project, coined if nobody has named it so before."""
    with transaction.atomic():
        mode = failure_modes.coin(project=subject.trace.project, name=name, by=by)
        given = _give(subject, Content(key="label", value=mode.name), by, now, once=f"label:{mode.uuid}")
        given.failure_mode = mode
        given.save(update_fields=["failure_mode"])
    return given


def _give(subject: Subject, content: Content, by: User, now: datetime, *, once: str = "") -> Feedback:
    about = subject.run_uuid or subject.trace.uuid
    return giving.give(
        workspace=subject.trace.workspace,
        given=Given(
            target=subject.target,
            content=content,
            source=Feedback.Source.REVIEWER,
            client_id=f"inline:{by.uuid}:{about}:{once}" if once else None,
        ),
        now=now,
        by=by,
    )
