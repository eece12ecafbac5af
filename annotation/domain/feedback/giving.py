"""Giving feedback: the one way in for everything that is not a review, from whatever source.

Feedback may come before what it is about: it waits and joins when the run or trace comes. A feedback with a client id
is the same feedback when it comes again: it is brought up to date, never doubled, and only by its own source.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from annotation.domain import statements
from annotation.domain.feedback import deriving, joining, meanings, storing, targets
from annotation.domain.feedback.targets import Target
from annotation.domain.feedback.validation import Content, Expectation, Problems, completed, expectation_of, problems
from annotation.domain.grouping import Groups
from annotation.models import Feedback, Project, User, Workspace


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
    if not given:
        return []
    part = _Part(workspace, project, by, now, given)
    if connection.in_atomic_block:  # the caller's transaction, which nobody else can share
        return _together([part])[0]
    return _groups.write(part, to=workspace.pk, size=len(given))


@dataclass(frozen=True, slots=True)
class _Part:
    """What one giver gives."""

    workspace: Workspace
    project: Project | None
    by: User | None
    now: datetime
    given: Sequence[Given]


class _MissingError(Exception):
    """Something that is judged has not come yet."""


def _together(parts: Sequence[_Part]) -> list[list[Outcome]]:
    """Store what several givers of one workspace give, in one transaction; the outcomes of each.

    If anything that is judged is missing, those who store runs are waited for first, so that nothing slips in between. They
    take that lock before any trace, so nothing may be held yet.
    """
    try:
        with transaction.atomic():
            return _stored(parts, is_missing_allowed=False)
    except _MissingError:
        with transaction.atomic():
            joining.wait_for_arrivals(workspace_id=parts[0].workspace.pk)
            return _stored(parts, is_missing_allowed=True)


#: One at a time: the longer one waits, the more the next one writes at once.
_groups = Groups(_together, at_a_time=1, most=1_000)


def _stored(parts: Sequence[_Part], *, is_missing_allowed: bool) -> list[list[Outcome]]:
    workspace_id = parts[0].workspace.pk
    named = [one.target for part in parts for one in part.given]
    with statements.pipelined():
        finding = targets.ask_to_hold(workspace_id=workspace_id, targets=named)
        # Read once the traces are held: whoever gives a key another meaning derives the verdicts of traces after that.
        reading = meanings.ask_configs(workspace_id)
    found = finding()
    if found.is_any_missing and not is_missing_allowed:
        raise _MissingError
    configs = reading()
    expectations, places = expectations_in(configs), iter(found.places)
    givings = [_Giving(part, expectations) for part in parts]
    checked = [[giving.checked(one, next(places)) for one in giving.part.given] for giving in givings]
    with statements.pipelined():
        inserting = storing.ask_to_insert([row for rows in checked for row in rows if isinstance(row, Feedback)])
        words = deriving.ask_words(workspace_id, found.traces)
    stored = inserting()
    outcomes = [
        [giving.outcome(one, stored.by_client_id) if isinstance(one, Feedback) else one for one in rows]
        for giving, rows in zip(givings, checked, strict=True)
    ]
    held = _held(workspace_id, found, chain.from_iterable(outcomes))
    if not stored.is_all_new:  # some of what was said has changed since
        words = deriving.ask_words(workspace_id, held)
    deriving.tell_of(held, words, meanings.of(configs))
    return outcomes


def _held(workspace_id: int, found: targets.Found, outcomes: Iterable[Outcome]) -> list[deriving.Judged]:
    """The traces of what was written; what was given before may know of one that it is not named with now."""
    written = {outcome.feedback.trace_uuid for outcome in outcomes if outcome.feedback and outcome.feedback.trace_uuid}
    others = written - {place.trace_uuid for place in found.places}
    held = deriving.hold(workspace_id=workspace_id, traces=others)
    return [*(trace for trace in found.traces if trace.uuid in written), *held]


def expectations_of(workspace_id: int) -> dict[str, Expectation]:
    """What the workspace's configured keys take."""
    return expectations_in(meanings.configs_of(workspace_id))


def expectations_in(configs: Iterable[meanings.KeyConfig]) -> dict[str, Expectation]:
    """What the configured keys take."""
    return {
        config.key: expectation_of(config.kind, config.minimum, config.maximum, config.categories) for config in configs
    }


@dataclass(frozen=True, slots=True)
class _Giving:
    part: _Part
    expectations: Mapping[str, Expectation]

    def checked(self, given: Given, place: targets.Place) -> Feedback | Outcome:
        """The feedback that is to be stored, or what is wrong with it."""
        expectation = self.expectations.get(given.content.key)
        content = completed(given.content, expectation)
        if wrong := problems(content, expectation, failed=given.error is not None):
            return Outcome(None, problems=wrong)
        return self.refusal(place) or self.row(replace(given, content=content), place)

    def outcome(self, row: Feedback, stored: Mapping[str, Feedback]) -> Outcome:
        """What became of a row, by what stands under each client id now."""
        known = stored[row.client_id] if row.client_id else row
        return Outcome(known, is_new=True) if known.uuid == row.uuid else self.again(known, row)

    def refusal(self, place: targets.Place) -> Outcome | None:
        """What a key that is bound to another project gets."""
        if self.part.project and place.project_id not in (None, self.part.project.pk):
            return _refused("target", f"This key may only write to the project {self.part.project.name}.")
        return None

    def row(self, given: Given, place: targets.Place) -> Feedback:
        """The feedback that is to be stored."""
        content = given.content
        return Feedback(
            workspace=self.part.workspace,
            project_id=place.project_id or (self.part.project.pk if self.part.project else None),
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
            author=self.part.by,
            client_id=given.client_id,
            error=given.error,
            metadata=dict(given.metadata),
            created_at=given.created_at or self.part.now,
            modified_at=self.part.now,
        )

    def again(self, known: Feedback, new: Feedback) -> Outcome:
        """The same client id again: bring the feedback up to date if it is the same source's to change."""
        if self.part.project and known.project_id not in (None, self.part.project.pk):
            return _refused("client_id", "This id belongs to a feedback of another project: use another.")
        if (known.source, known.review_id) != (new.source, None):
            return _refused("client_id", f"This id belongs to a feedback of the source {known.source}: use another.")
        if not _is_same_target(known, new):
            return _refused("client_id", "This id belongs to a feedback on something else: use another.")
        changed = [name for name in _CONTENT if getattr(known, name) != getattr(new, name)]
        for name in changed:
            setattr(known, name, getattr(new, name))
        if changed:
            known.modified_at = self.part.now
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
