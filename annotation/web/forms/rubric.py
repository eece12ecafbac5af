"""A rubric while somebody edits it: what a plain form carries, changed by buttons, checked when it is saved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from annotation.domain.queues.rubric import (
    BUILT_IN_KEYS,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    Option,
    Parts,
    Question,
    QuestionKind,
    Rubric,
)

PARTS = (
    ("labels", "Labels", "failure modes, picked or coined in place"),
    ("layer", "Layer", "whether model, harness or context failed"),
    ("first_failing_step", "First failing step", "where it broke, with one key"),
    ("correction", "Correction", "what the answer should have been; becomes a dataset row"),
    ("note", "Note", "free words for the team"),
)
"""Field, name and meaning of what a review has beside its questions."""


@dataclass(frozen=True, slots=True)
class OptionDraft:
    """An option as typed; `key` is empty until it is saved for the first time."""

    key: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question as typed."""

    key: str = ""
    kind: str = QuestionKind.CHOICE
    label: str = ""
    help: str = ""
    is_required: bool = False
    minimum: str = ""
    maximum: str = ""
    low_label: str = ""
    high_label: str = ""
    options: tuple[OptionDraft, ...] = ()
    error: str = ""

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return QuestionKind(self.kind).label

    @property
    def has_options(self) -> bool:
        """Whether it is answered by picking."""
        return QuestionKind(self.kind).has_options

    @property
    def has_bounds(self) -> bool:
        """Whether it is answered with a number."""
        return self.kind in {QuestionKind.NUMBER, QuestionKind.SCALE}

    @property
    def has_ends(self) -> bool:
        """Whether its ends have labels."""
        return self.kind == QuestionKind.SCALE


@dataclass(frozen=True, slots=True)
class RubricDraft:
    """The questions as typed, and which parts stand beside them."""

    questions: tuple[QuestionDraft, ...] = ()
    parts: Mapping[str, bool] = field(default_factory=dict)

    @property
    def part_rows(self) -> list[tuple[str, str, str, bool]]:
        """Field, name, meaning and whether it is on, for each part."""
        return [(name, label, meaning, self.parts.get(name, False)) for name, label, meaning in PARTS]

    @property
    def has_errors(self) -> bool:
        """Whether a question was refused."""
        return any(question.error for question in self.questions)


def from_rubric(rubric: Rubric) -> RubricDraft:
    """The draft that shows a stored rubric."""
    return RubricDraft(tuple(_shown(question) for question in rubric.questions), rubric.parts.model_dump())


def _shown(question: Question) -> QuestionDraft:
    return QuestionDraft(
        key=question.key,
        kind=question.kind,
        label=question.label,
        help=question.help,
        is_required=question.is_required,
        minimum=_number(question.minimum),
        maximum=_number(question.maximum),
        low_label=question.low_label,
        high_label=question.high_label,
        options=tuple(OptionDraft(option.key, option.label) for option in question.options),
    )


def _number(value: float | None) -> str:
    """All its digits, so that saving what is shown changes nothing."""
    return "" if value is None else repr(value).removesuffix(".0")


def from_post(data: Mapping[str, Any]) -> RubricDraft:
    """The draft that a form carries: `questions` says how many, `q-0-label` and so on what."""
    questions = tuple(_posted(data, f"q-{index}") for index in range(_count(data.get("questions"), MOST_QUESTIONS)))
    return RubricDraft(questions, {name: bool(data.get(f"part-{name}")) for name, _, _ in PARTS})


def _posted(data: Mapping[str, Any], name: str) -> QuestionDraft:
    kind = data.get(f"{name}-kind", "")
    options = range(_count(data.get(f"{name}-options"), MOST_OPTIONS))
    return QuestionDraft(
        key=data.get(f"{name}-key", ""),
        kind=kind if kind in list(QuestionKind) else QuestionKind.TEXT,
        label=data.get(f"{name}-label", ""),
        help=data.get(f"{name}-help", ""),
        is_required=bool(data.get(f"{name}-required")),
        minimum=data.get(f"{name}-minimum", ""),
        maximum=data.get(f"{name}-maximum", ""),
        low_label=data.get(f"{name}-low_label", ""),
        high_label=data.get(f"{name}-high_label", ""),
        options=tuple(
            OptionDraft(data.get(f"{name}-o-{number}-key", ""), data.get(f"{name}-o-{number}-label", ""))
            for number in options
        ),
    )


def _count(text: Any, most: int) -> int:
    return min(int(text), most) if isinstance(text, str) and text.isascii() and text.isdigit() else 0


def changed(draft: RubricDraft, action: str) -> RubricDraft:
    """The draft after a button: `add:<kind>`, `up:0`, `down:0`, `remove:0`, `add-option:0`, `remove-option:0:1`.

    A button that does not fit the draft changes nothing.
    """
    verb, *rest = action.split(":")
    questions = list(draft.questions)
    if verb == "add" and rest and rest[0] in list(QuestionKind) and len(questions) < MOST_QUESTIONS:
        return replace(draft, questions=(*questions, _fresh(QuestionKind(rest[0]))))
    places = [_count(text, MOST_QUESTIONS) for text in rest]
    if not places or places[0] >= len(questions):
        return draft
    return replace(draft, questions=tuple(_rearranged(questions, verb, *places)))


def _fresh(kind: QuestionKind) -> QuestionDraft:
    if kind is QuestionKind.SCALE:
        return QuestionDraft(kind=kind, minimum="1", maximum="5")
    return QuestionDraft(kind=kind, options=(OptionDraft(), OptionDraft()) if kind.has_options else ())


def _rearranged(questions: list[QuestionDraft], verb: str, place: int, option: int = 0) -> list[QuestionDraft]:
    question = questions[place]
    match verb:
        case "remove":
            del questions[place]
        case "up" if place > 0:
            questions[place - 1 : place + 1] = [question, questions[place - 1]]
        case "down" if place + 1 < len(questions):
            questions[place : place + 2] = [questions[place + 1], question]
        case "add-option" if question.has_options and len(question.options) < MOST_OPTIONS:
            questions[place] = replace(question, options=(*question.options, OptionDraft()))
        case "remove-option":
            kept = tuple(one for number, one in enumerate(question.options) if number != option)
            questions[place] = replace(question, options=kept)
    return questions


def checked(draft: RubricDraft, before: Rubric | None = None) -> tuple[RubricDraft, Rubric | None]:
    """The draft with its problems named, and the rubric where there are none.

    What a foreign program said of a question `before`, which no form shows, stays with it.
    """
    said = {question.key: question.said for question in before.questions} if before else {}
    taken: set[str] = {question.key for question in draft.questions if question.key}
    made: list[Question] = []
    told: list[QuestionDraft] = []
    for question in draft.questions:
        try:
            made.append(_question(question, taken, said.get(question.key, {})))
            told.append(replace(question, error=""))
        except ValidationError as problem:
            told.append(replace(question, error=_worded(problem)))
        except ValueError as problem:
            told.append(replace(question, error=str(problem)))
    result = replace(draft, questions=tuple(told))
    return result, None if result.has_errors else Rubric(questions=tuple(made), parts=Parts(**draft.parts))


def _question(draft: QuestionDraft, taken: set[str], said: Mapping[str, Any]) -> Question:
    label = draft.label.strip()
    if not label:
        raise ValueError("Write the question.")
    key = draft.key or _key(label, taken | BUILT_IN_KEYS, first="thumbs" if QuestionKind(draft.kind).is_verdict else "")
    taken.add(key)
    options: list[dict[str, str]] = []
    for option in draft.options:
        if words := option.label.strip():
            options.append({"key": option.key or _key(words, {one["key"] for one in options}), "label": words})
    return Question(
        key=key,
        kind=QuestionKind(draft.kind),
        label=label,
        help=draft.help.strip(),
        is_required=draft.is_required,
        options=tuple(Option(**option) for option in options) if draft.has_options else (),
        minimum=_bound(draft.minimum),
        maximum=_bound(draft.maximum),
        low_label=draft.low_label.strip() if draft.has_ends else "",
        high_label=draft.high_label.strip() if draft.has_ends else "",
        said=dict(said),
    )


def _key(words: str, taken: Iterable[str], *, first: str = "") -> str:
    """A key from words that is not taken: "Is it polite?" becomes is_it_polite, the next one is_it_polite_2."""
    used = set(taken)
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:50].rstrip("_")
    base = first or (plain if plain[:1].isalpha() else f"k_{plain}".rstrip("_"))
    number = 1
    while (key := base if number == 1 else f"{base}_{number}") in used:
        number += 1
    return key


def _bound(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise ValueError("The smallest and largest number have to be numbers.") from None


def _worded(problem: ValidationError) -> str:
    return " ".join(str(error["msg"]).removeprefix("Value error, ") for error in problem.errors())
