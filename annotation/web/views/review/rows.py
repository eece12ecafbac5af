"""Items as rows of a table: what was asked, what was answered, and the questions beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from annotation.domain.queues import rows, shown
from annotation.domain.queues.assignment import Claim
from annotation.domain.queues.rubric import Rubric
from annotation.domain.queues.sight import Sight
from annotation.domain.reviews import corrections, excerpts, masked, opening
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.corrections import Answer
from annotation.domain.reviews.excerpts import Excerpt
from annotation.domain.reviews.opening import Opened
from annotation.models import FailureMode, Item, Project, Queue, Review
from annotation.web import sight
from annotation.web.forms import review_fields
from annotation.web.forms.review_fields import QuestionField, ReviewFields
from annotation.web.forms.review_sent import Sent
from annotation.web.http import MemberRequest
from annotation.web.views.review import context, trajectory
from annotation.web.views.review.context import LabelChoice

QUICK = "quick"
"""Of the address and of the forms: whether giving the one answer submits."""


SKIPPED, FLAGGED = "skipped", "flagged"
"""What a row was that somebody wants to have again."""


@dataclass(frozen=True, slots=True)
class Row:
    """An item in the table. What is `kept` are names and values of hidden fields, `hindrance` why it has none of its own.

    `said` is what its review says in words, once it is submitted; `marks` what stands in lists of its reader's own.
    `words` say what became of one that was put aside, `was` what is taken back to have it again.
    """

    item: Item
    asked: str
    answered: str
    is_there: bool
    opened: Opened | None = None
    beside: Sequence[QuestionField] = ()
    below: Sequence[QuestionField] = ()
    labels: Sequence[LabelChoice] = ()
    kept: Sequence[tuple[str, str]] = ()
    problems: Mapping[str, str] | None = None
    submits: bool = False
    hindrance: str = ""
    said: Sequence[Answer] = ()
    more: Sequence[str] = ()
    words: str = ""
    was: str = ""
    marks: Sequence[str] = ()


def of(request: MemberRequest, queue: Queue, claims: Sequence[Claim]) -> list[Row]:
    """A row for each, in a fixed number of statements."""
    items = [claim.item for claim in claims]
    texts, seen = (excerpts.of(items), sight.of_each(request, queue, items)) if items else ({}, {})
    modes: dict[int, list[FailureMode]] = {}
    marks = shown.marks(items, request.user) if items else {}
    found = [
        _row(request, opened, texts[opened.item.pk], seen[opened.item.pk], None, modes)
        for opened in opening.opened_each(claims, by=request.user)
    ]
    return [replace(row, marks=[one.value.replace("_", " ") for one in marks.get(row.item.pk, ())]) for row in found]


def again(request: MemberRequest, item: Item, sent: Sent | None = None) -> Row:
    """One row, filled with what was just sent and its problems, if anything was."""
    opened = opening.opened(Claim(item, None), by=request.user)
    return _row(request, opened, excerpts.of([item])[item.pk], sight.of(request, item), sent, {})


def submitted(request: MemberRequest, item: Item, review: Review) -> Row:
    """The row of an item that is dealt with, and what was said."""
    labels = [label["name"] for label in review.labels]
    more = [*labels, *([f"“{review.note}”"] if review.note else [])]
    said = masked.answers(corrections.answers(review), sight.of(request, item))
    return Row(item, *_alone(request, item), said=said, more=more)


def put_aside(request: MemberRequest, item: Item, words: str, was: str = SKIPPED) -> Row:
    """The row of an item that was skipped, flagged or lost, with what became of it."""
    return Row(item, *_alone(request, item), words=words, was=was)


def is_quick(request: MemberRequest, asked: Rubric) -> bool:
    """Whether giving the answer submits: it is all that is asked, or the person wants it so."""
    is_wanted = QUICK in request.GET or QUICK in request.POST
    return ReviewFields(asked, ReviewInput()).is_one_key or (is_wanted and may_be_quick(asked))


def may_be_quick(asked: Rubric) -> bool:
    """Whether there is one question, answered with good or bad."""
    return len(asked.questions) == 1 and asked.questions[0].kind.is_verdict


def _row(
    request: MemberRequest,
    opened: Opened,
    text: Excerpt,
    seen: Sight,
    sent: Sent | None,
    modes: dict[int, list[FailureMode]],
) -> Row:
    given, asked = sent.given if sent else masked.given(opened.content, seen), opened.rubric
    if hindrance := rows.hindrance(asked):
        return Row(opened.item, *_texts(text, seen), hindrance=f"{hindrance} Judge this one on its own page.")
    problems = {problem.key: problem.message for problem in sent.problems} if sent else {}
    fields = {field.question.key: field for field in ReviewFields(asked, given, problems).questions}
    beside, below = rows.beside(asked), rows.below(asked)
    asked_here = {question.key for question in (*beside, *below)}
    project = text.trace.project if text.trace else None
    return Row(
        opened.item,
        *_texts(text, seen),
        opened=opened,
        beside=[fields[question.key] for question in beside],
        below=[fields[question.key] for question in below],
        labels=_labels(project, given.labels, modes) if asked.parts.labels else (),
        kept=list(review_fields.kept(given, asked, asked_here)),
        problems=problems,
        submits=is_quick(request, asked),
    )


def _texts(text: Excerpt, seen: Sight) -> tuple[str, str, bool]:
    asked, answered = text.as_seen(seen)
    return trajectory.excerpt(asked, seen), trajectory.excerpt(answered, seen), text.trace is not None


def _alone(request: MemberRequest, item: Item) -> tuple[str, str, bool]:
    return _texts(excerpts.of([item])[item.pk], sight.of(request, item))


def _labels(project: Project | None, picked: tuple[str, ...], known: dict[int, list[FailureMode]]) -> list[LabelChoice]:
    """The failure modes of the project, looked up once for all rows."""
    if project and project.pk not in known:
        known[project.pk] = list(opening.labels_of(project))
    return context.label_choices(known.get(project.pk, []) if project else [], picked)
