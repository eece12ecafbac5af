"""Whether a feedback makes sense for its key: kind, bounds and categories of the workspace's feedback config."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from annotation.domain.feedback.verdict import THUMBS, UNSURE

MAX_KEY = 180
MAX_CLIENT_ID = 200
MAX_TEXT = 1_000_000


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a configured key takes; `categories` are the values that may be chosen, `scores` the numbers of some."""

    kind: str
    minimum: float | None = None
    maximum: float | None = None
    categories: tuple[str, ...] = ()
    scores: Mapping[str, float] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Content:
    """What a feedback says, before it is known to make sense."""

    key: str
    score: float | None = None
    value: Any = None
    comment: str | None = None
    correction: Any = None


Problems = dict[str, list[str]]


def completed(content: Content, expectation: Expectation | None) -> Content:
    """The content with both sides of a category that has a number: its score by its value, its value by its score."""
    if expectation is None or not expectation.scores:
        return content
    named = {score: value for value, score in expectation.scores.items()}
    score = content.score if isinstance(content.value, str | None) else _as_score(content.value)
    if content.value is None or isinstance(content.value, bool | int | float):
        return replace(content, value=named.get(score, content.value), score=score) if score is not None else content
    if isinstance(content.value, str) and content.score is None:
        return replace(content, score=expectation.scores.get(content.value))
    return content


def _as_score(value: Any) -> float | None:
    return float(value) if isinstance(value, bool | int | float) else None


def problems(content: Content, expectation: Expectation | None, *, failed: bool = False) -> Problems:
    """What is wrong, by field, in words for the sender; empty if nothing is. A judge that `failed` need say nothing."""
    found: Problems = {}
    for field, words in _problems(content, expectation, failed=failed):
        found.setdefault(field, []).append(words)
    return found


def _problems(content: Content, expectation: Expectation | None, *, failed: bool) -> Iterator[tuple[str, str]]:
    yield from _shape(content, failed=failed)
    if content.score is not None and not isfinite(content.score):
        yield "score", "Give a finite number."
        return
    kind = expectation.kind if expectation else (THUMBS if content.key == THUMBS else None)
    if kind == THUMBS:
        yield from _thumbs(content)
    elif expectation and kind == "number":
        yield from _number(content, expectation)
    elif expectation and kind == "categories":
        yield from _categories(content, expectation)
    elif kind == "text" and content.score is not None:
        yield "score", "This key takes a text as value, not a score."


def _shape(content: Content, *, failed: bool) -> Iterator[tuple[str, str]]:
    if not content.key:
        yield "key", "Name what is judged, such as thumbs."
    if len(content.key) > MAX_KEY:
        yield "key", f"Use at most {MAX_KEY} characters."
    said = (content.score, content.value, content.comment, content.correction)
    if not failed and all(part is None for part in said):
        yield "score", "Give at least one of score, value, comment or correction."
    if content.comment is not None and len(content.comment) > MAX_TEXT:
        yield "comment", f"Use at most {MAX_TEXT} characters."


def _thumbs(content: Content) -> Iterator[tuple[str, str]]:
    if content.score is not None and not 0 <= content.score <= 1:
        yield "score", "Thumbs are 1 (up) or 0 (down)."
    if content.value not in (None, UNSURE):
        yield "value", f"Thumbs take a score; the only value is {UNSURE}."


def _number(content: Content, expectation: Expectation) -> Iterator[tuple[str, str]]:
    score = content.score
    if content.value is not None:
        yield "value", "This key takes a number as score, not a value."
    if score is None:
        return
    if expectation.minimum is not None and score < expectation.minimum:
        yield "score", f"Give at least {expectation.minimum:g}."
    if expectation.maximum is not None and score > expectation.maximum:
        yield "score", f"Give at most {expectation.maximum:g}."


def _categories(content: Content, expectation: Expectation) -> Iterator[tuple[str, str]]:
    chosen = content.value if isinstance(content.value, list) else [content.value]
    unknown = [value for value in chosen if value is not None and value not in expectation.categories]
    is_nameless = chosen == [None] and content.score is not None and bool(expectation.scores)
    if unknown or is_nameless:
        yield "value", f"Choose of: {', '.join(expectation.categories)}."


def number(value: Any) -> float | None:
    """A score that may come as number, true or false. Raises TypeError or ValueError for anything else."""
    if value is None:
        return None
    if not isinstance(value, bool | int | float):
        raise TypeError("Give a number, true or false.")
    try:
        return float(value)
    except OverflowError as error:
        raise ValueError("Give a number that fits into 64 bits.") from error


def expectation_of(kind: str, minimum: float | None, maximum: float | None, categories: Any) -> Expectation:
    """From the columns of a feedback config; categories are `[{"value", "label", "verdict", "score"}]`."""
    listed = {str(one["value"]): one.get("score") for one in categories if isinstance(one, Mapping) and "value" in one}
    scores = {value: float(score) for value, score in listed.items() if score is not None}
    return Expectation(kind, minimum, maximum, tuple(listed), scores)
