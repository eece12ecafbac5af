"""Giving feedback: the one way in for everything that is not a review, from whatever source.

Feedback may come before what it is about: it waits and joins when the run or trace comes. A feedback with a client id
is the same feedback when it comes again: it is brought up to date, never doubled, and only by its own source.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from annotation.domain.feedback import joining, targets
from annotation.domain.feedback.targets import Target
from annotation.domain.feedback.validation import Content, Expectation, Problems, completed, expectation_of, problems
from annotation.models import Feedback, FeedbackConfig, Project, User, Workspace


@dataclass(frozen=True, slots=True)
class Given:
    """One judgement as somebody gave it."""

    target: Target
    content: Content
    source: str
    client_id: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one judgement: the stored feedback, or what is wrong with it by field."""

    feedback: Feedback | None
    is_new: bool = False
    problems: Problems = field(default_factory=dict)


class RefusedFeedbackError(ValueError):
    """A single feedback that cannot be taken; `problems` says why, by field."""

    def __init__(self, found: Problems) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(words)}" for name, words in found.items()))
        self.problems = found


def give(
    *, workspace: Workspace, given: Given, now: datetime, by: User | None = None, project: Project | None = None
) -> Feedback:
    """Store one judgement. Raises RefusedFeedbackError."""
    outcome = give_many(workspace=workspace, given=[given], now=now, by=by, project=project)[0]
    if outcome.feedback is None:
        raise RefusedFeedbackError(outcome.problems)
    return outcome.feedback


def give_many(
    *,
    workspace: Workspace,
    given: Sequence[Given],
    now: datetime,
    by: User | None = None,
    project: Project | None = None,
) -> list[Outcome]:
    """Store judgements; one outcome each, in order: what is wrong with one does not hold up the others.

    `project` is the only one that the giver may write to, if bound to one.
    """
    expectations = expectations_of(workspace.pk)
    given = [replace(one, content=completed(one.content, expectations.get(one.content.key))) for one in given]
    found = [problems(one.content, expectations.get(one.content.key), failed=one.error is not None) for one in given]
    sound = [index for index, wrong in enumerate(found) if not wrong]
    outcomes = [Outcome(None, problems=wrong) for wrong in found]
    with transaction.atomic():
        places = targets.resolve(workspace_id=workspace.pk, targets=[given[index].target for index in sound])
        joining.hold(workspace_id=workspace.pk, traces={place.trace_uuid for place in places if place.trace_uuid})
        giving = _Giving(workspace, project, by, now)
        rows: dict[int, Feedback] = {}
        for index, place in zip(sound, places, strict=True):
            if refusal := giving.refusal(place):
                outcomes[index] = refusal
            else:
                rows[index] = giving.row(given[index], place)
        stored = _stored(list(rows.values()))
        for index, row in rows.items():
            known = stored.get(row.client_id, row) if row.client_id else row
            outcomes[index] = Outcome(known, is_new=True) if known.uuid == row.uuid else giving.again(known, row)
        tell(workspace, [outcome.feedback for outcome in outcomes if outcome.feedback])
    return outcomes


def expectations_of(workspace_id: int) -> dict[str, Expectation]:
    """What the workspace's configured keys take."""
    return {
        config.key: expectation_of(config.kind, config.minimum, config.maximum, config.categories)
        for config in FeedbackConfig.objects.filter(workspace=workspace_id)
    }


def _stored(rows: Sequence[Feedback]) -> dict[str, Feedback]:
    """Insert what is not there yet, all at once; the feedback that stands under each client id, locked.

    In the order of the client ids, so that two givers of the same ones wait for, and never block, each other.
    """
    named = sorted((row for row in rows if row.client_id), key=lambda row: str(row.client_id))
    Feedback.objects.bulk_create([row for row in rows if not row.client_id])
    if not named:
        return {}
    Feedback.objects.bulk_create(named, ignore_conflicts=True)
    known = Feedback.objects.select_for_update().filter(
        workspace=named[0].workspace, client_id__in=[row.client_id for row in named]
    )
    return {str(row.client_id): row for row in known.order_by("client_id")}


def tell(workspace: Workspace, stored: Sequence[Feedback]) -> None:
    """Bring the traces of written feedback up to date; the last step of the transaction that wrote it."""
    traces = {feedback.trace_uuid for feedback in stored if feedback.trace_uuid}
    joining.recompute(workspace_id=workspace.pk, traces=traces)
    joining.touch(workspace_id=workspace.pk, traces=traces)


@dataclass(frozen=True, slots=True)
class _Giving:
    workspace: Workspace
    project: Project | None
    by: User | None
    now: datetime

    def refusal(self, place: targets.Place) -> Outcome | None:
        """What a key that is bound to another project gets."""
        if self.project and place.project_id not in (None, self.project.pk):
            return _refused("target", f"This key may only write to the project {self.project.name}.")
        return None

    def row(self, given: Given, place: targets.Place) -> Feedback:
        """The feedback that is to be stored."""
        content = given.content
        return Feedback(
            workspace=self.workspace,
            project_id=place.project_id or (self.project.pk if self.project else None),
            target=place.kind,
            trace_uuid=place.trace_uuid,
            run_uuid=place.run_uuid,
            run_external_id=place.run_external_id,
            thread_id=place.thread_id,
            key=content.key,
            score=content.score,
            value=content.value,
            comment=content.comment,
            correction=content.correction,
            source=given.source,
            author=self.by,
            client_id=given.client_id,
            error=given.error,
            metadata=dict(given.metadata),
            created_at=given.created_at or self.now,
            modified_at=self.now,
        )

    def again(self, known: Feedback, new: Feedback) -> Outcome:
        """The same client id again: bring the feedback up to date if it is the same source's to change."""
        if self.project and known.project_id not in (None, self.project.pk):
            return _refused("client_id", "This id belongs to a feedback of another project: use another.")
        if (known.source, known.review_id) != (new.source, None):
            return _refused("client_id", f"This id belongs to a feedback of the source {known.source}: use another.")
        if not _is_same_target(known, new):
            return _refused("client_id", "This id belongs to a feedback on something else: use another.")
        changed = [name for name in _CONTENT if getattr(known, name) != getattr(new, name)]
        for name in changed:
            setattr(known, name, getattr(new, name))
        if changed:
            known.modified_at = self.now
            known.save(update_fields=[*changed, "modified_at"])
        return Outcome(known)


_CONTENT = ("key", "score", "value", "comment", "correction", "error", "metadata")
_SAME: tuple[Callable[[Feedback], UUID | str | None], ...] = (
    lambda feedback: feedback.trace_uuid,
    lambda feedback: feedback.run_uuid,
    lambda feedback: feedback.run_external_id,
    lambda feedback: feedback.thread_id,
)


def _is_same_target(known: Feedback, new: Feedback) -> bool:
    """Of the ids that both know none differs, and at least one is shared."""
    pairs = [(read(known), read(new)) for read in _SAME]
    both = [(one, other) for one, other in pairs if one is not None and other is not None]
    if known.target == new.target == targets.PROJECT:
        return known.project_id == new.project_id
    return known.target == new.target and bool(both) and all(one == other for one, other in both)


def _refused(name: str, words: str) -> Outcome:
    return Outcome(None, problems={name: [words]})
