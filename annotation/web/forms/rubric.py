"""A rubric while somebody edits it: what a plain form carries, changed by buttons, checked when it is saved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from pydantic import ValidationError

from annotation.domain.queues.conditions import Steps
from annotation.domain.queues.rubric import (
    BUILT_IN_KEYS,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    Option,
    Parts,
    Question,
    QuestionKind,
    Rubric,
    condition_problems,
)
from annotation.models import Run
from annotation.web.forms import rubric_conditions as conditions
from annotation.web.forms.rubric_draft import PARTS, OptionDraft, QuestionDraft, RubricDraft


def from_rubric(rubric: Rubric) -> RubricDraft:
    """The draft that shows a stored rubric."""
    asked = (*rubric.questions, *rubric.step_questions)
    return RubricDraft(tuple(_shown(question) for question in asked), rubric.parts.model_dump())


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
        visible=conditions.picked(question.visible_if),
        required=conditions.picked(question.required_if),
        pattern=question.pattern,
        pattern_message=question.pattern_message,
        of_type=question.of.type if question.of else "",
        of_name=question.of.name if question.of else "",
    )


def _number(value: float | None) -> str:
    """All its digits, so that saving what is shown changes nothing."""
    return "" if value is None else repr(value).removesuffix(".0")


def with_shared(draft: RubricDraft, question: Question) -> RubricDraft:
    """The draft with a question more, out of the workspace's feedback; one that asks for its key already stays as it is."""
    is_asked = any(one.key == question.key for one in draft.questions)
    if is_asked or len(draft.questions) >= MOST_QUESTIONS:
        return draft
    return replace(draft, questions=(*_keyed(draft.questions), _shown(question)))


def from_post(data: QueryDict) -> RubricDraft:
    """The draft that a form carries: `questions` says how many, `q-0-label` and so on what."""
    questions = tuple(_posted(data, f"q-{index}") for index in range(_count(data.get("questions"), MOST_QUESTIONS)))
    return RubricDraft(questions, {name: bool(data.get(f"part-{name}")) for name, _, _ in PARTS})


def _posted(data: QueryDict, name: str) -> QuestionDraft:
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
        visible=tuple(data.getlist(f"{name}-visible")),
        required=tuple(data.getlist(f"{name}-needed")),
        pattern=data.get(f"{name}-pattern", ""),
        pattern_message=data.get(f"{name}-pattern_message", ""),
        of_type=of_type if (of_type := data.get(f"{name}-of", "")) in Run.Type.values else "",
        of_name=data.get(f"{name}-of_name", ""),
    )


def _count(text: Any, most: int) -> int:
    return min(int(text), most) if isinstance(text, str) and text.isascii() and text.isdigit() else 0


def changed(draft: RubricDraft, action: str) -> RubricDraft:
    """The draft after a button: `add:<kind>`, `up:0`, `down:0`, `remove:0`, `add-option:0`, `remove-option:0:1`.

    A button that does not fit the draft changes nothing.
    """
    verb, *rest = action.split(":")
    questions = _keyed(draft.questions)
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
    made: list[Question] = []
    told: list[QuestionDraft] = []
    for question in _keyed(draft.questions):
        try:
            made.append(_question(question, said.get(question.key, {})))
            told.append(replace(question, error=""))
        except ValidationError as problem:
            told.append(replace(question, error=_worded(problem)))
        except ValueError as problem:
            told.append(replace(question, error=str(problem)))
    whole = [question for question in made if question.of is None]
    problems = condition_problems(whole) if not any(one.error for one in told) else {}
    result = replace(draft, questions=tuple(replace(one, error=one.error or problems.get(one.key, "")) for one in told))
    return result, None if result.has_errors else Rubric(questions=tuple(made), parts=Parts(**draft.parts))


def _keyed(questions: Iterable[QuestionDraft]) -> list[QuestionDraft]:
    """With keys for what has words and none yet, so that other questions can depend on it; a key once given stays."""
    made = list(questions)
    taken = BUILT_IN_KEYS | {question.key for question in made if question.key}
    for place, question in enumerate(made):
        key = question.key
        if not key and question.label.strip():
            is_verdict = QuestionKind(question.kind).is_verdict and not question.of_type
            first = "thumbs" if is_verdict else ""
            key = _key(question.label, taken, first=first)
            taken |= {key}
        made[place] = replace(question, key=key, options=_options_keyed(question.options))
    return made


def _options_keyed(options: Iterable[OptionDraft]) -> tuple[OptionDraft, ...]:
    made = list(options)
    taken = {option.key for option in made if option.key}
    for place, option in enumerate(made):
        if not option.key and option.label.strip():
            made[place] = replace(option, key=_key(option.label, taken))
            taken.add(made[place].key)
    return tuple(made)


def _question(draft: QuestionDraft, said: Mapping[str, Any]) -> Question:
    if not draft.label.strip():
        raise ValueError("Write the question.")
    options = [Option(key=one.key, label=one.label.strip()) for one in draft.options if one.label.strip()]
    return Question(
        key=draft.key,
        kind=QuestionKind(draft.kind),
        label=draft.label.strip(),
        help=draft.help.strip(),
        is_required=draft.is_required,
        options=tuple(options) if draft.has_options else (),
        minimum=_bound(draft.minimum),
        maximum=_bound(draft.maximum),
        low_label=draft.low_label.strip() if draft.has_ends else "",
        high_label=draft.high_label.strip() if draft.has_ends else "",
        visible_if=conditions.read(draft.visible),
        required_if=conditions.read(draft.required),
        pattern=draft.pattern.strip() if draft.is_text else "",
        pattern_message=draft.pattern_message.strip() if draft.is_text else "",
        of=Steps(type=draft.of_type, name=draft.of_name.strip()) if draft.of_type else None,
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
