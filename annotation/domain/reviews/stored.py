"""Answers in their stored form, by kind of question. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from pydantic import JsonValue

from annotation.domain.queues import patterns
from annotation.domain.queues.rubric import Question, QuestionKind
from annotation.domain.reviews import assertions

LONGEST_TEXT = 20_000

UP, DOWN = "up", "down"


class AnswerError(ValueError):
    """What was given is no answer to the question; the message is for the person."""


def stored(question: Question, value: JsonValue) -> JsonValue:
    """The stored form of one answer, or None where there is none."""
    if isinstance(value, str):
        value = cleaned(value)
    return None if value is None or value in ("", []) else _READERS[question.kind](question, value)


def _thumbs(question: Question, value: JsonValue) -> JsonValue:
    if value not in (UP, DOWN):
        raise AnswerError(f"“{question.label}” takes up or down.")
    return value


def _verdict(question: Question, value: JsonValue) -> JsonValue:
    if not isinstance(value, str) or value not in question.kind.words:
        raise AnswerError(f"“{question.label}” takes good, bad or unsure.")
    return value


def _choice(question: Question, value: JsonValue) -> JsonValue:
    if value not in [option.key for option in question.options]:
        raise AnswerError(f"“{question.label}” takes one of: {_option_keys(question)}.")
    return value


def _multi_choice(question: Question, value: JsonValue) -> JsonValue:
    known = [option.key for option in question.options]
    picked = value if isinstance(value, list) else [value]
    if any(key not in known for key in picked):
        raise AnswerError(f"“{question.label}” takes any of: {_option_keys(question)}.")
    return [key for key in known if key in picked]


def _ranking(question: Question, value: JsonValue) -> JsonValue:
    order = _by_rank(value) if isinstance(value, dict) else value
    keys = sorted(option.key for option in question.options)
    if not isinstance(order, list) or sorted(str(one) for one in order) != keys:
        raise AnswerError(f"“{question.label}” takes all of these in an order, each once: {_option_keys(question)}.")
    return order


def _by_rank(ranks: Mapping[str, JsonValue]) -> JsonValue:
    """The options in the order of the ranks that a form has for them; None while two share a rank."""
    given = {str(rank): key for key, rank in ranks.items()}
    if len(given) != len(ranks) or not all(rank.isdigit() and rank.isascii() for rank in given):
        return None
    return [given[rank] for rank in sorted(given, key=int)]


def _scale(question: Question, value: JsonValue) -> JsonValue:
    number = _as_number(question, value)
    if number not in question.steps:
        raise AnswerError(f"“{question.label}” takes a whole number {_bounds(question.minimum, question.maximum)}.")
    return number


def _assertions(question: Question, value: JsonValue) -> JsonValue:
    try:
        return assertions.document(assertions.read(storable(value))) or None
    except ValueError as problem:
        raise AnswerError(f"“{question.label}” {problem}.") from None


def _number(question: Question, value: JsonValue) -> JsonValue:
    number = _as_number(question, value)
    low, high = question.minimum, question.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise AnswerError(f"“{question.label}” takes a number {_bounds(low, high)}.")
    return number


def _as_number(question: Question, value: JsonValue) -> float:
    try:
        number = float(value.replace(",", ".")) if isinstance(value, str) else value
    except ValueError:
        number = None
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
        raise AnswerError(f"“{question.label}” takes a number.")
    return int(number) if number == int(number) else number


def _bounds(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"from {low:g} to {high:g}"
    return f"of at least {low:g}" if low is not None else f"of at most {high:g}"


def _text(question: Question, value: JsonValue) -> JsonValue:
    if not isinstance(value, str):
        raise AnswerError(f"“{question.label}” takes text.")
    if len(value) > LONGEST_TEXT:
        raise AnswerError(f"“{question.label}” takes at most {LONGEST_TEXT:,} characters.")
    if words := misfit(question, value):
        raise AnswerError(words)
    return value


def misfit(question: Question, text: str) -> str:
    """What is told about a text that is not as the pattern says; empty where it is."""
    if not question.pattern or patterns.compiled(question.pattern).matches(text):
        return ""
    return question.pattern_message or f"“{question.label}” has to look like {question.pattern}."


_READERS: dict[QuestionKind, Callable[[Question, JsonValue], JsonValue]] = {
    QuestionKind.THUMBS: _thumbs,
    QuestionKind.VERDICT: _verdict,
    QuestionKind.CHOICE: _choice,
    QuestionKind.MULTI_CHOICE: _multi_choice,
    QuestionKind.SCALE: _scale,
    QuestionKind.NUMBER: _number,
    QuestionKind.TEXT: _text,
    QuestionKind.ASSERTIONS: _assertions,
    QuestionKind.RANKING: _ranking,
}


def _option_keys(question: Question) -> str:
    return ", ".join(option.key for option in question.options)


def cleaned(text: str) -> str:
    """What can be kept of a text, without space around it."""
    return storable_text(text).strip()


def storable_text(text: str) -> str:
    """Without NUL and halves of surrogate pairs, which PostgreSQL cannot keep."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def storable(value: JsonValue) -> JsonValue:
    """JSON that PostgreSQL can keep; numbers beyond JSON (not a number, infinite) become null.

    By recursion: what a ReviewInput holds is never nested as deep as Python's stack.
    """
    match value:
        case str():
            return storable_text(value)
        case float() if not math.isfinite(value):
            return None
        case list():
            return [storable(entry) for entry in value]
        case dict():
            return {storable_text(key): storable(entry) for key, entry in value.items()}
        case _:
            return value
