"""Whether the reviews of an item differ, and what becomes of it then. Pure.

Reviews differ where a question that can be compared has two answers; labels, layer and free text are what one person saw
and another did not, and no disagreement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.domain.queues.rubric import QuestionKind, Rubric

NOBODY, EDITOR, EXTRA = "nobody", "editor", "extra"
"""Who decides."""

MOST_EXTRA = 1
"""Reviewers that are called by themselves; an editor may call more."""

Answers = Mapping[str, Any]
"""By question key, as a review keeps them."""

Compared = Mapping[str, Callable[[Any], Any]]
"""The questions whose answers can be compared, and how a list that answers one is read: as a set, or as an order."""


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
    """The questions of a rubric whose answers can be compared."""
    asked = [question for question in rubric.questions if question.kind not in _WORDS]
    return {question.key: tuple if question.kind is QuestionKind.RANKING else frozenset for question in asked}


def differing(reviews: Sequence[Answers], compared: Compared) -> Compared:
    """The questions to which two of these reviews gave different answers; no answer differs from none."""
    given = {key: {_read(one[key], kind) for one in reviews if key in one} for key, kind in compared.items()}
    return {key: compared[key] for key, values in given.items() if len(values) > 1}


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


def majority(reviews: Sequence[Answers], differ: Compared) -> int | None:
    """The place of the first review that says what more than half say, on each of the questions that differ."""
    given = [{key: _read(one.get(key), kind) for key, kind in differ.items()} for one in reviews]
    words = {key: _most([one[key] for one in given]) for key in differ}
    return given.index(words) if None not in words.values() and words in given else None


def _most(values: Sequence[Any]) -> Any:
    """What more than half of those who answered say; None if there is no such answer."""
    counts = Counter(value for value in values if value is not None)
    word, count = counts.most_common(1)[0]
    return word if 2 * count > counts.total() else None


def _read(value: Any, kind: Callable[[Any], Any]) -> Any:
    return kind(value) if isinstance(value, list) else value
