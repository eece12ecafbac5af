"""A review, submitted as one unit: stored whole with its feedback, its item recounted, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from annotation.domain import statements
from annotation.domain.feedback import reviewed
from annotation.domain.queues import admission, asking_again, assignment, blindness, flags, line, pairs, probes, state
from annotation.domain.queues import rubric as asked
from annotation.domain.queues.refusals import (
    ClaimError,
    ItemNotOpenError,
    ItemTakenError,
    NotAReviewerError,
    QueueNotActiveError,
)
from annotation.domain.queues.rubric_versions import asked_of, current, numbered
from annotation.domain.queues.sight import WHOLE, Sight
from annotation.domain.reviews import (
    checking,
    content,
    correct,
    drafts,
    history,
    masked,
    originals,
    settling,
    submissions,
)
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.meanwhile import ReviewChangedError
from annotation.domain.reviews.rubric import InvalidReviewError
from annotation.domain.rows import Rows, insert
from annotation.models import (
    Assignment,
    Draft,
    Item,
    Probe,
    Project,
    Queue,
    Reservation,
    Review,
    RubricVersion,
    Skip,
    User,
)

CLOSED = (Queue.Status.DRAFT, Queue.Status.COMPLETED, Queue.Status.ARCHIVED)
"""A paused queue gives out nothing new, yet takes what is on people's screens."""


def submit(
    *,
    item: Item,
    by: User,
    answers: ReviewInput,
    now: datetime,
    spoken: frozenset[str] = frozenset(),
    sight: Sight = WHOLE,
    seen: int | None = None,
) -> Review:
    """Store the person's review of the item; one that they gave before is edited. The same content twice is once.

    `seen` is how often they had submitted it when they began with these answers (None: whatever stands is replaced).

    `sight` is what the person saw: masked values are put back, and the review keeps which policy it was.
    `spoken` are keys under which the person's feedback stands already: the review has the answers, and no second feedback.
    A reservation that lapsed is no obstacle while a seat is free. Raises InvalidReviewError for answers that do not fit
    the rubric and ClaimError (NotAReviewerError, QueueNotActiveError, ItemNotOpenError, ItemFlaggedError, ItemTakenError)
    when the item does not take the review, ReviewChangedError when they have submitted other answers since `seen`; what was
    given is then kept as the person's draft.
    """
    unmasked = _unmasked(item, by, answers, sight)
    try:
        given = unmasked.require_whole()
        with transaction.atomic():
            return _submit(_place(item, by, now), by, given, now, spoken, sight, seen)
    except (ClaimError, InvalidReviewError):
        drafts.save(item=item, by=by, content=unmasked.content, now=now)
        raise


def _unmasked(item: Item, by: User, answers: ReviewInput, sight: Sight) -> masked.Unmasked:
    given = masked.Unmasked(answers)
    if sight.mask:
        typed = drafts.as_typed(answers, item=item, by=by, sight=sight)
        given = masked.put_back(typed, item, by, sight.mask)
    earlier = masked.earlier(given.content, item)
    return masked.put_back(given.content, item, by, earlier) if earlier else given


def _submit(
    place: _Place, by: User, answers: ReviewInput, now: datetime, spoken: frozenset[str], sight: Sight, seen: int | None
) -> Review:
    item = place.item
    if place.probe is not None and (answered := _to_probe(place.probe, item, by, answers, now, seen)):
        return answered
    _require(place, by, now)
    before = place.before
    given = checking.checked(item, by, answers, project=place.project)
    if before is None or not place.is_review_known or _is_changed(before, given.columns()):
        if before is not None:
            if place.is_review_known:
                _require_seen(before, item, seen)
            history.keep(before)
            before.submission_count = max(before.submission_count, place.probe.times_submitted if place.probe else 0)
        review = _store(item, by, before, given, now, sight)
        said = given.judgements(review, spoken=spoken)
        reviewed.replace(review=review, said=said, traces=originals.traces_of(item))
        if review.is_authoritative:
            reviewed.adjudicate(review=review, traces=originals.traces_of(item))
        settling.recount(item, now=now)
        is_waiting = review.correction_state == Review.Correction.PROPOSED
        if item.queue.accepts_at_once and is_waiting and not item.is_disputed:
            correct.accept_at_once(review, by=by, now=now)
    else:
        review = before
    _tidy(item, by, review)
    return review


@dataclass(frozen=True, slots=True)
class _Place:
    """The locked item, what there is of the person on it, and whether there is room for more."""

    item: Item
    probe: Probe | None
    before: Review | None
    project: Project | None
    is_reviewer: bool
    has_seat: bool

    @property
    def is_review_known(self) -> bool:
        """Whether the person knows the review that stands, rather than later answers to a probe in its place."""
        at = self.probe.submitted_at if self.probe else None
        return at is None or self.before is None or self.before.modified_at >= at


def _place(item: Item, by: User, now: datetime) -> _Place:
    with statements.pipelined():  # with the BEGIN of its transaction
        locked = assignment.ask_to_lock(item)
        probe, before = probes.ask_given_on(item, by), _BEFORE.ask_first(item=item.pk, person=by.pk)
        project, is_reviewer = originals.ask_project_of(item), admission.ask_open_to(item.queue_id, by)
        has_seat = line.ask_has_seat(item, by, now)
    return _Place(locked(), probe(), before(), project(), is_reviewer(), has_seat())


_BEFORE = Rows(Review, "it.item_id = %(item)s AND it.reviewer_id = %(person)s AND NOT it.is_adjudication")


def _to_probe(
    probe: Probe, item: Item, by: User, answers: ReviewInput, now: datetime, seen: int | None
) -> Review | None:
    """The answers to a probe, as what the person takes for their review; None where they are none to it.

    Answers that stand are held against new ones as those of a review are: the same twice is once, and none goes unseen. An edit
    of a re-test is one of the review that counts.
    """
    known = None if probe.is_open else submissions.on_item(item, by)
    if not probe.is_open and (known is None or known.pk):
        return None
    admission.require_reviewer(item.queue, by)
    if item.queue.status in CLOSED:
        raise QueueNotActiveError(item.queue)
    version = numbered(item.queue, answers.rubric_version) or current(item.queue)
    given = checking.fitting(item, asked_of(item, version, by), answers, asks_steps=True)
    if known is not None:
        if known.rubric_id == version.pk and content.is_same(given, history.as_input(known)):
            _tidy(item, by, probe)
            return known
        _require_seen(known, item, seen)
        if probe.kind == Probe.Kind.RETEST:
            return None
    return _answer(probe, item, by, version, given, now)


def _answer(probe: Probe, item: Item, by: User, version: RubricVersion, given: ReviewInput, now: datetime) -> Review:
    """Keep the answers apart from all reviews; what comes back looks like one, and is stored nowhere."""
    probe.submission_count = probe.times_submitted + 1
    probe.rubric, probe.answers, probe.labels, probe.layer = version, given.answers, list(given.labels), given.layer
    probe.first_failing_run_uuid, probe.note = given.first_failing_run_uuid, given.note
    probe.active_ms, probe.submitted_at = max(probe.active_ms, given.active_ms), now
    probe.content = given.document()
    probe.save()
    _tidy(item, by, probe)
    return submissions.on_item(item, by) or submissions.as_review(probe)


def _require(place: _Place, by: User, now: datetime) -> None:
    item = place.item
    if not place.is_reviewer:
        raise NotAReviewerError(item.queue)
    if item.queue.status in CLOSED:
        raise QueueNotActiveError(item.queue)
    if item.state == Item.State.REMOVED:
        raise ItemNotOpenError(item)
    if place.before is None:
        flags.require_unflagged(item, by, now)
    if place.before is None and not place.has_seat:
        raise ItemNotOpenError(item) if item.state in state.FULL else ItemTakenError(item)


def _require_seen(before: Review, item: Item, seen: int | None) -> None:
    if seen is not None and seen != before.submission_count:
        before.item = item
        raise ReviewChangedError(before)


def _is_changed(review: Review, columns: dict[str, Any]) -> bool:
    return any(getattr(review, name) != value for name, value in columns.items())


def _store(item: Item, by: User, before: Review | None, given: checking.Checked, now: datetime, sight: Sight) -> Review:
    """The row, new or edited; an edit takes back what was decided on it, so that nobody's acceptance covers new words."""
    review = before or Review(item=item, reviewer=by, submitted_at=now, submission_count=0)
    columns = given.columns()
    keeps_decision = before is not None and _adds_only(before, columns, given.questions)
    review.is_asked_again = review.is_asked_again and review.rubric_id == given.version.pk
    for name, value in columns.items():
        setattr(review, name, value)
    if not keeps_decision:
        review.correction_state = _state(is_proposed=given.proposes)
        review.decided_by, review.decided_at, review.decision_note = None, None, ""
        review.is_authoritative = False
    if item.kind == Item.Kind.PAIR:
        review.is_swapped = pairs.is_swapped(item.uuid, by.uuid)
    review.blindness = blindness.read(item.queue.blindness).document()
    review.shown = sight.document()
    review.active_ms += given.given.active_ms
    review.submission_count += 1
    review.modified_at = now
    review.item = item
    if before is None:
        insert(review)
    else:
        review.save()
    if given.version.pk != item.queue.rubric_id:
        asking_again.mark_late(review, item.queue)
    return review


def _adds_only(review: Review, columns: dict[str, Any], questions: asked.Rubric) -> bool:
    """Whether all that stood stands, and questions were answered beside it that change nothing of a dataset's row."""
    others = {name: value for name, value in columns.items() if name not in {"answers", "rubric", "steps"}}
    if _is_changed(review, others) or not _has_all(columns["answers"], review.answers):
        return False
    if not _answers_steps_only(review.steps, columns["steps"]):
        return False
    added = [questions.question(key) for key in columns["answers"] if key not in review.answers]
    return not any(question and question.kind is asked.QuestionKind.ASSERTIONS for question in added)


def _answers_steps_only(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> bool:
    """Whether all that was said of steps stands, and nothing but answers was said beside it."""
    kept = {step["run"]: step for step in before}
    if kept.keys() - {step["run"] for step in now}:
        return False
    pairs = [(kept.get(step["run"], {"run": step["run"]}), step) for step in now]
    return all(
        {**old, "answers": {}} == {**new, "answers": {}} and _has_all(new.get("answers", {}), old.get("answers", {}))
        for old, new in pairs
    )


def _has_all(answers: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    return all(key in answers and answers[key] == one for key, one in before.items())


def _state(*, is_proposed: bool) -> str:
    """A correction, or assertions that stand in for one, wait for an editor."""
    return Review.Correction.PROPOSED if is_proposed else Review.Correction.NONE


def _tidy(item: Item, by: User, said: Review | Probe) -> None:
    """What served to get here is used up: the reservation, the assignment, the draft, the skip.

    What was taken back and is submitted anew goes on counting, so that a page of before does not pass for one that saw it.
    """
    ((earlier,),) = statements.ask(_TIDY, {"item": item.pk, "person": by.pk})()
    if earlier:
        said.submission_count += earlier
        said.save(update_fields=["submission_count"])


_THEIRS = "WHERE item_id = %(item)s AND reviewer_id = %(person)s"
_TIDY = f"""
WITH reservations AS (DELETE FROM {Reservation._meta.db_table} {_THEIRS}),
  assignments AS (DELETE FROM {Assignment._meta.db_table} {_THEIRS}),
  skips AS (DELETE FROM {Skip._meta.db_table} {_THEIRS}),
  drafts AS (DELETE FROM {Draft._meta.db_table} {_THEIRS} RETURNING submission_count)
SELECT coalesce(sum(submission_count), 0) FROM drafts
"""  # noqa: S608, SLF001 -- our own words, and the only way to a table's name
