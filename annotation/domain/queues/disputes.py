"""Whether the reviews of an item differ, and what becomes of it then. Pure.

Reviews differ where a question that can be compared has two answers, about the whole or about one and the same step;
labels, layer and free text are what one person saw and another did not, and no disagreement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.domain.queues.pairs import PREFERENCE
from annotation.domain.queues.rubric import QuestionKind, Rubric

NOBODY, EDITOR, EXTRA = "nobody", "editor", "extra"
"""Who decides."""

WHOLE = ""
"""The step of an answer about no single one."""

MOST_EXTRA = 1
"""Reviewers that are called by themselves; an editor may call more."""

Point = tuple[str, str]
"""What was answered: a question's key, and the outside id of the step that it was asked of, empty for the whole."""

Answers = Mapping[Point, Any]

Reader = Callable[[Any], Any]
"""How a list that answers a question is read: as a set, or as an order."""

Compared = Mapping[str, Reader]
"""The questions whose answers can be compared, by key."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Who decides, how many reviews an item needs, and which questions count."""

    decides: str
    wanted: int
    compared: Compared


@dataclass(frozen=True, slots=True)
class Standing:
    """What becomes of an item: seats beside the queue's, whether it waits for a word, and which review (its place) is the
    majority's word, if one is.
    """

    extra_seats: int = 0
    is_disputed: bool = False
    majority: int | None = None


_WORDS = {QuestionKind.TEXT, QuestionKind.ASSERTIONS}


def compared(rubric: Rubric) -> Compared:
    """The questions of a rubric whose answers can be compared, and the one that pairs are asked instead."""
    asked = [question for question in (*rubric.questions, *rubric.step_questions) if question.kind not in _WORDS]
    readers = {question.key: tuple if question.kind is QuestionKind.RANKING else frozenset for question in asked}
    return {PREFERENCE: frozenset, **readers}


def answers(whole: Mapping[str, Any], steps: Iterable[Mapping[str, Any]]) -> Answers:
    """What a review says, from its answers about the whole and its steps, both as it keeps them."""
    found: dict[Point, Any] = {(key, WHOLE): value for key, value in whole.items()}
    for step in steps:
        found |= {(key, step["run"]): value for key, value in step.get("answers", {}).items()}
    return found


def differing(reviews: Sequence[Answers], compared: Compared) -> dict[Point, Reader]:
    """Where two of these reviews gave different answers; no answer differs from none."""
    points = dict.fromkeys(point for one in reviews for point in one if point[0] in compared)
    readers = {point: compared[point[0]] for point in points}
    given = {point: {_read(one[point], kind) for one in reviews if point in one} for point, kind in readers.items()}
    return {point: readers[point] for point, values in given.items() if len(values) > 1}


def standing(policy: Policy, reviews: Sequence[Answers], *, extra_seats: int, can_call: Callable[[], bool]) -> Standing:
    """What becomes of an item with these reviews, oldest first; `can_call` is asked whether anybody is left to be called.

    `extra_seats` are those that it has. They stay where an editor asked for them, and go with the dispute.
    """
    if policy.decides == NOBODY or len(reviews) < policy.wanted:
        return Standing(extra_seats if policy.decides != NOBODY else 0)
    differ = differing(reviews, policy.compared)
    if not differ:
        return Standing(max(0, min(extra_seats, len(reviews) - policy.wanted)))
    extra_seats = max(extra_seats, len(reviews) - policy.wanted)  # who held a seat that was no longer needed used it
    if policy.decides == EXTRA and extra_seats < MOST_EXTRA and can_call():
        return Standing(MOST_EXTRA)
    if len(reviews) < policy.wanted + extra_seats:
        return Standing(extra_seats)
    word = majority(reviews, differ) if policy.decides == EXTRA else None
    return Standing(extra_seats, is_disputed=word is None, majority=word)


def majority(reviews: Sequence[Answers], differ: Mapping[Point, Reader]) -> int | None:
    """The place of the first review that says what more than half say, wherever they differ."""
    given = [{point: _read(one.get(point), kind) for point, kind in differ.items()} for one in reviews]
    words = {point: _most([one[point] for one in given]) for point in differ}
    return given.index(words) if None not in words.values() and words in given else None


def _most(values: Sequence[Any]) -> Any:
    """What more than half of those who answered say; None if there is no such answer."""
    counts = Counter(value for value in values if value is not None)
    word, count = counts.most_common(1)[0]
    return word if 2 * count > counts.total() else None


def _read(value: Any, kind: Reader) -> Any:
    return kind(value) if isinstance(value, list) else value
