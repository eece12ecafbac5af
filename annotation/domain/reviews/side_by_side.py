"""All reviews of an item side by side, differences first, as whoever settles it needs to see them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from annotation.domain.queues import disputes, pairs, rubric, rubric_versions
from annotation.domain.queues.rubric import Question, Rubric
from annotation.domain.reviews import (
    adjudicate,
    answer,
    content,
    corrections,
    diff,
    diff_json,
    history,
    originals,
    overtaken,
)
from annotation.domain.reviews.content import Evidence, StepJudgement
from annotation.domain.reviews.diff import Kind, Piece
from annotation.domain.reviews.originals import Original
from annotation.domain.reviews.overtaken import Overtaken
from annotation.models import Item, Queue, Review, Run

WAITING_ORDER = ("id",)
"""What waits longest comes first."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one person said: words, one an entry, or a correction as `pieces` of what it changes.

    `passages` speak for labels; two people who mark others say the same.
    """

    words: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = ()
    passages: tuple[Evidence, ...] = field(default=(), compare=False)


class Step(NamedTuple):
    """A run by its outside id."""

    run: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One question or part with a cell for every review; `is_disputed` if its difference is why a word is needed.

    `key` is the question's, empty for a part; `step` the one that it was asked of, if it was.
    """

    label: str
    cells: tuple[Cell, ...]
    is_disputed: bool = False
    key: str = ""
    step: Step | None = None

    @property
    def differs(self) -> bool:
        """Whether not all say the same."""
        return len(set(self.cells)) > 1

    @property
    def is_empty(self) -> bool:
        """Whether nobody said anything."""
        return set(self.cells) <= {Cell()}


@dataclass(frozen=True, slots=True)
class Comparison:
    """An item's reviews, oldest first, with their rows; `written` is the answer that somebody wrote to settle it.

    `token` stands for all that is shown: who decides gives it back. `overtaken`: what settled the item before.
    """

    item: Item
    reviews: tuple[Review, ...]
    written: Review | None
    rows: tuple[Row, ...]
    token: str
    overtaken: Overtaken | None = None

    @property
    def columns(self) -> tuple[Review, ...]:
        """Whose cells a row has."""
        return (*self.reviews, self.written) if self.written else self.reviews

    @property
    def answer(self) -> dict[str, Any]:
        """The item's one answer by question key, as far as it has one."""
        return answer.whole(self._points)

    @property
    def step_answers(self) -> dict[str, dict[str, Any]]:
        """The same for questions about steps, by question key and the step's outside id."""
        return answer.by_step(self._points)

    @property
    def _points(self) -> disputes.Answers:
        return answer.points(self.item.state, self.columns)

    @property
    def disputed(self) -> tuple[str, ...]:
        """The questions on which the reviews differ."""
        return tuple(dict.fromkeys(row.label for row in self.rows if row.is_disputed))

    @property
    def differing_keys(self) -> tuple[str, ...]:
        """The same by key."""
        return tuple(dict.fromkeys(row.key for row in self.rows if row.is_disputed))


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item that waits for a word, and the questions that it waits for."""

    item: Item
    labels: tuple[str, ...]


def waiting(items: QuerySet[Item], queue: Queue, most: int) -> list[Waiting]:
    """The first so many items of the queue whose reviews differ, in two statements."""
    asked = rubric_versions.questions_of(queue)
    given = Prefetch("reviews", Review.objects.only("item", "answers", "steps"))
    rows = items.filter(queue=queue, state=Item.State.DISAGREEMENT).order_by(*WAITING_ORDER).prefetch_related(given)
    return [Waiting(item, _labels(asked, item)) for item in rows[:most]]


def _labels(asked: Rubric, item: Item) -> tuple[str, ...]:
    differ = {key for key, _step in _differing(asked, item.reviews.all())}
    questions = (*_of_kind(asked, item).questions, *asked.step_questions)
    return tuple(question.label for question in questions if question.key in differ)


def _differing(asked: Rubric, reviews: Iterable[Review]) -> Collection[disputes.Point]:
    said = [disputes.answers(review.answers, review.steps) for review in reviews]
    return disputes.differing(said, disputes.compared(asked))


def _of_kind(asked: Rubric, item: Item) -> Rubric:
    """What is asked of an item like this; of a pair, whose first trace is A here."""
    return pairs.asked(asked, is_swapped=False) if item.kind == Item.Kind.PAIR else asked


def comparison(item: Item) -> Comparison:
    """All that the page and the interface show of one item, in a fixed number of statements."""
    rows = Review.every.filter(item=item).select_related("reviewer", "rubric", "decided_by")
    every = list(rows.annotate(word=overtaken.last_word(item)).order_by("submitted_at", "id"))
    reviews = tuple(review for review in every if not review.is_adjudication)
    for review in every:
        review.item = item
    written = next((review for review in every if review.is_adjudication), None)
    columns = (*reviews, written) if written else reviews
    before = overtaken.since(item, every[0].word if every else None, reviews)
    return Comparison(item, reviews, written, _rows(item, reviews, columns), adjudicate.token(item, every), before)


def _rows(item: Item, reviews: Sequence[Review], columns: Sequence[Review]) -> tuple[Row, ...]:
    """What the dispute is about, what else differs, what all say alike; each in the rubric's order, words of people last."""
    asked = rubric_versions.questions_of(item.queue)
    differ = _differing(asked, reviews)
    judged = {review.pk: history.as_input(review).steps for review in columns}
    names = _steps(item, columns, judged.values())
    rest = {review: _without(steps, differ) for review, steps in judged.items()}
    found = [
        *_about_whole(_of_kind(asked, item), differ, columns),
        *_about_steps(asked, differ, list(judged.values()), names),
        *(Row(label, tuple(said(review) for review in columns)) for label, said in _parts(item, columns, rest, names)),
    ]
    said = [row for row in found if not row.is_empty]
    return tuple(sorted(said, key=lambda row: (not row.is_disputed, row.label == NOTE, not row.differs)))


NOTE = "Note"


def _about_whole(asked: Rubric, differ: Collection[disputes.Point], reviews: Sequence[Review]) -> Iterator[Row]:
    for question in _questions(asked, reviews):
        cells = tuple(_answer(question, review.answers) for review in reviews)
        yield Row(question.label, cells, (question.key, disputes.WHOLE) in differ, question.key)


def _questions(asked: Rubric, reviews: Sequence[Review]) -> list[Question]:
    """Those of the present rubric, then those that only earlier versions asked."""
    versions = {review.rubric_id: review.rubric for review in reviews}
    earlier = [question for one in versions.values() for question in rubric.read(one.questions).questions]
    by_key = {question.key: question for question in [*earlier, *asked.questions]}
    return [by_key[key] for key in dict.fromkeys(question.key for question in [*asked.questions, *earlier])]


def _answer(question: Question, answers: Mapping[str, Any]) -> Cell:
    value = answers.get(question.key)
    return Cell() if value is None else Cell((corrections.worded(question, value),))


Judged = Sequence[StepJudgement]


def _about_steps(
    asked: Rubric, differ: Collection[disputes.Point], judged: Sequence[Judged], names: Mapping[UUID | None, str]
) -> Iterator[Row]:
    """Of questions about steps what the dispute is about: all else that was answered stands with what was said of the step."""
    for key, run in differ:
        if run != disputes.WHOLE and (question := asked.step_question(key)):
            said = [next((step.answers for step in steps if str(step.run) == run), {}) for steps in judged]
            step = Step(UUID(run), names.get(UUID(run), UNKNOWN))
            yield Row(
                question.label, tuple(_answer(question, one) for one in said), is_disputed=True, key=key, step=step
            )


def _without(judged: Judged, differ: Collection[disputes.Point]) -> Judged:
    """What was said of steps, but for the answers that have a row of their own."""
    kept = [
        step.model_copy(
            update={"answers": {key: one for key, one in step.answers.items() if (key, str(step.run)) not in differ}}
        )
        for step in judged
    ]
    return [step for step in kept if step.says_anything]


def _parts(
    item: Item, reviews: Sequence[Review], judged: Mapping[int, Judged], steps: Mapping[UUID | None, str]
) -> Iterator[tuple[str, Callable[[Review], Cell]]]:
    source = originals.original(item, None) if any(review.correction is not None for review in reviews) else None
    yield "Labels", _given_labels
    yield "Layer", lambda review: _cell(review.layer)
    yield "First failing step", lambda review: _cell(steps.get(review.first_failing_run_uuid))
    yield "Single steps", lambda review: Cell(tuple(_of_steps(review, judged[review.pk], steps)))
    yield "Correction", lambda review: _correction(item, review, source)
    yield NOTE, lambda review: _cell(review.note)


def _given_labels(review: Review) -> Cell:
    labels = content.read_labels(review.labels)
    return Cell(tuple(sorted(label.name for label in labels)), passages=content.marked(labels))


def _of_steps(review: Review, judged: Judged, names: Mapping[UUID | None, str]) -> Iterator[str]:
    asked = rubric.read(review.rubric.questions)
    for step in judged:
        yield f"{names.get(step.run, UNKNOWN)}: {corrections.on_step(step, asked)}"


def _cell(words: str | None) -> Cell:
    return Cell((words,)) if words else Cell()


UNKNOWN = "a step"


def _steps(item: Item, reviews: Sequence[Review], judged: Iterable[Judged]) -> dict[UUID | None, str]:
    """The names of the steps that reviews speak of."""
    failing = {uuid for review in reviews if (uuid := review.first_failing_run_uuid)}
    uuids = failing | {step.run for kept in judged for step in kept}
    rows = Run.objects.filter(workspace=item.workspace_id, uuid__in=uuids).only("uuid", "name", "type") if uuids else []
    return {run.uuid: run.name or run.type for run in rows}


def _correction(item: Item, review: Review, source: Original | None) -> Cell:
    """What it changes; the whole of it where it corrects a step, or turns a text into something else."""
    if review.correction is None or source is None:
        return Cell()
    own = source if review.corrected_run_uuid is None else originals.original(item, review.corrected_run_uuid)
    if isinstance(review.correction, str):
        return Cell(pieces=diff.words(own.text, review.correction))
    lines = diff_json.lines(diff_json.structure(own.outputs, review.correction))
    pieces = (Piece(Kind(piece.kind), piece.text) for line in lines for piece in (*line.pieces, Piece(Kind.SAME, "\n")))
    return Cell(pieces=tuple(pieces))
