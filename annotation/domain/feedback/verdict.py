"""What a trace comes down to: good, bad, unsure or nothing, by the best source that has a say.

Adjudication beats reviewers, they beat users, then signals, rules and judges: a noisier source never hides a better
one. Which values are good or bad is said by the feedback config; a key without one has no say, except `thumbs`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

GOOD, BAD, UNSURE = "good", "bad", "unsure"
THUMBS = "thumbs"

#: From the best source to the least. Feedback of source `api` did not say who judged, so it comes last.
PRECEDENCE = ("adjudicated", "reviewer", "user", "signal", "rule", "judge", "api")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the values of a key mean; `categories` maps a value to good, bad, unsure or None."""

    kind: str
    good_from: float | None = None
    bad_below: float | None = None
    categories: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Word:
    """One feedback, as far as the verdict needs it."""

    id: UUID
    key: str
    source: str
    is_adjudicated: bool
    score: float | None
    value: Any
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, the source that decided and the feedback that shows it."""

    verdict: str
    source: str
    feedback_id: UUID


def decide(words: Iterable[Word], meanings: Mapping[str, Meaning]) -> Decision | None:
    """The verdict of a trace; None if nothing has a say. Where one source contradicts itself: unsure.

    Of adjudications the last one holds, since a later one corrects the earlier.
    """
    spoken: dict[str, list[tuple[Word, str]]] = {}
    for word in words:
        opinion = says(word, meanings.get(word.key))
        if opinion:
            spoken.setdefault(_rank(word), []).append((word, opinion))
    source = next((source for source in PRECEDENCE if source in spoken), None)
    return _settle(source, spoken[source]) if source else None


def _rank(word: Word) -> str:
    return "adjudicated" if word.is_adjudicated else word.source


def _settle(source: str, opinions: Sequence[tuple[Word, str]]) -> Decision:
    ordered = sorted(opinions, key=lambda pair: (pair[0].created_at, pair[0].id))
    last, opinion = ordered[-1]
    agreed = source == "adjudicated" or all(other == opinion for _, other in ordered)
    return Decision(opinion if agreed else UNSURE, source, last.id)


def says(word: Word, meaning: Meaning | None) -> str | None:
    """Good, bad or unsure, by one feedback alone; None if it has no say."""
    if meaning is None:
        return _thumb(word) if word.key == THUMBS else None
    if meaning.kind == THUMBS:
        return _thumb(word)
    if meaning.kind == "number":
        return _number(word.score, meaning)
    return _category(word.value, meaning) if meaning.kind == "categories" else None


def _thumb(word: Word) -> str | None:
    return says_thumb(word.score, word.value)


def says_thumb(score: float | None, value: Any) -> str | None:
    """What a thumb says, by its score or its value."""
    if value == UNSURE:
        return UNSURE
    if score is None:
        return None
    if score >= 1:
        return GOOD
    return BAD if score <= 0 else UNSURE


def _number(score: float | None, meaning: Meaning) -> str | None:
    if score is None:
        return None
    if meaning.good_from is not None and score >= meaning.good_from:
        return GOOD
    if meaning.bad_below is not None and score < meaning.bad_below:
        return BAD
    return UNSURE if meaning.good_from is not None and meaning.bad_below is not None else None


def _category(value: Any, meaning: Meaning) -> str | None:
    """Of several chosen categories one bad one is enough."""
    chosen = value if isinstance(value, list) else [value]
    opinions = {meaning.categories.get(item) for item in chosen if isinstance(item, str)}
    return next((opinion for opinion in (BAD, UNSURE, GOOD) if opinion in opinions), None)
