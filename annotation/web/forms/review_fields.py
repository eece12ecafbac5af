"""The rubric as the fields of a form, filled with what was given."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from pydantic import JsonValue

from annotation.domain.queues.conditions import Condition
from annotation.domain.queues.rubric import Question, QuestionKind, Rubric
from annotation.domain.reviews.content import ReviewInput

ANSWER = "answer-"
TEXT, JSON = "text", "json"
SIDES = (("must", "It must"), ("must_not", "It must not"))


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a question: `number` is its key on the keyboard, 0 for none."""

    key: str
    label: str
    is_picked: bool
    number: int


@dataclass(frozen=True, slots=True)
class Part:
    """One of several fields of a question, by its name in the form, what it asks and what stands in it."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class QuestionField:
    """A question with what was answered and what is wrong with it."""

    question: Question
    name: str
    value: JsonValue
    choices: tuple[Choice, ...]
    problem: str
    is_new: bool = False
    has_grown: bool = False
    is_misfit: bool = False

    @property
    def id(self) -> str:
        """What ids of its elements end with, one of its own for every step."""
        return self.name.removeprefix(ANSWER)

    @property
    def kind(self) -> str:
        """The kind as templates ask for it."""
        return self.question.kind.value

    @property
    def visible_if(self) -> str:
        """When it is asked, as the page's script reads it; empty for always."""
        return _condition(self.question.visible_if)

    @property
    def required_if(self) -> str:
        """When it needs an answer, as the page's script reads it; empty where that does not depend."""
        return _condition(self.question.required_if)

    @property
    def ranks(self) -> tuple[Part, ...]:
        """Of a ranking: every option with its place, 1 for the best."""
        given = self.value
        if isinstance(given, list):
            given = {str(key): place for place, key in enumerate(given, start=1)}
        places = given if isinstance(given, dict) else {}
        return tuple(
            Part(f"{self.name}.{one.key}", one.label, str(places.get(one.key, ""))) for one in self.question.options
        )

    @property
    def places(self) -> range:
        """The places of a ranking."""
        return range(1, len(self.question.options) + 1)

    @property
    def sides(self) -> tuple[Part, ...]:
        """Of assertions: what must be and what must not, a sentence a line."""
        given = self.value if isinstance(self.value, list) else []
        said = [one for one in given if isinstance(one, dict)]
        return tuple(
            Part(
                f"{self.name}.{side}",
                label,
                "\n".join(str(one.get("text", "")) for one in said if one.get("side") == side),
            )
            for side, label in SIDES
        )

    @property
    def bounds(self) -> str:
        """What a number has to be, in words; empty when anything goes."""
        low, high = self.question.minimum, self.question.maximum
        if low is not None and high is not None:
            return f"{low:g} to {high:g}"
        return f"at least {low:g}" if low is not None else f"at most {high:g}" if high is not None else ""


@dataclass(frozen=True, slots=True)
class ReviewFields:
    """Everything that the rubric's template shows; `problems` maps question keys and part names to messages.

    `new` are the keys of questions for which somebody is asked again, `grown` those that have only more to choose from,
    `misfits` those whose answer is not taken any more.
    """

    rubric: Rubric
    given: ReviewInput
    problems: Mapping[str, str] = field(default_factory=dict)
    new: frozenset[str] = frozenset()
    grown: frozenset[str] = frozenset()
    misfits: frozenset[str] = frozenset()

    @property
    def questions(self) -> tuple[QuestionField, ...]:
        """The questions in the rubric's order, good-or-bad ones first: they are what a review comes down to."""
        asked = sorted(self.rubric.questions, key=lambda question: not question.kind.is_verdict)
        return tuple(self._field(question) for question in asked)

    @property
    def is_one_key(self) -> bool:
        """Whether one answer is all that is asked, so that giving it submits."""
        is_all = len(self.rubric.questions) == 1 and not any(self.rubric.parts.model_dump().values())
        return is_all and not self.rubric.step_questions and self.rubric.questions[0].kind.is_verdict

    def of_step(self, run: UUID, question: Question) -> QuestionField:
        """A question about one step."""
        said = next((step.answers for step in self.given.steps if step.run == run), {})
        value = said.get(question.key)
        return QuestionField(question, step_field(run, question.key), value, _choices(question, value), "")

    def of_steps(self, question: Question) -> QuestionField:
        """A question about steps, with no answer: what there is to say of it above its steps."""
        return replace(self._field(question), name="", value=None)

    def _field(self, question: Question) -> QuestionField:
        value = self.given.answers.get(question.key)
        return QuestionField(
            question,
            ANSWER + question.key,
            value,
            _choices(question, value),
            self.problems.get(question.key, ""),
            question.key in self.new,
            question.key in self.grown,
            question.key in self.misfits,
        )


def step_field(run: UUID, key: str) -> str:
    """The name of the field that holds the answer about a step."""
    return f"{ANSWER}{run}-{key}"


def kept(given: ReviewInput, rubric: Rubric, shown: Collection[str]) -> Iterator[tuple[str, str]]:
    """What was given that a smaller form has no fields for, as the hidden ones that keep it.

    `shown` are the keys of questions that it asks; it has fields for labels and the note.
    """
    for question in rubric.questions:
        if question.key not in shown and question.key in given.answers:
            yield from _fields(ANSWER + question.key, question, given.answers[question.key])
    yield from (("evidence", one.model_dump_json()) for one in given.evidence)
    yield from (("step", one.model_dump_json()) for one in given.steps)
    named = {
        "layer": given.layer,
        "first_failing_run": given.first_failing_run_uuid,
        "corrected_run": given.corrected_run_uuid,
        "corrected_part": given.corrected_part,
    }
    yield from ((name, str(value)) for name, value in named.items() if value)
    if given.correction is not None:
        yield "correction", correction_text(given.correction)
        yield "correction_format", TEXT if isinstance(given.correction, str) else JSON


def _fields(name: str, question: Question, value: JsonValue) -> Iterator[tuple[str, str]]:
    """One answer as the fields of its question would send it."""
    field = QuestionField(question, name, value, (), "")
    if question.kind is QuestionKind.RANKING:
        yield from ((part.name, part.value) for part in field.ranks)
    elif question.kind is QuestionKind.ASSERTIONS:
        yield from ((part.name, part.value) for part in field.sides)
    else:
        yield from ((name, str(one)) for one in (value if isinstance(value, list) else [value]))


def _condition(condition: Condition | None) -> str:
    if condition is None:
        return ""
    return json.dumps({"name": ANSWER + condition.question, "any_of": condition.any_of}, ensure_ascii=False)


def correction_text(correction: JsonValue) -> str:
    """A correction as its text area shows it; JSON indented."""
    return correction if isinstance(correction, str) else json.dumps(correction, ensure_ascii=False, indent=2)


def _choices(question: Question, value: JsonValue) -> tuple[Choice, ...]:
    picked = value if isinstance(value, list) else [value]
    if question.kind is QuestionKind.SCALE:
        chosen = str(value)
        return tuple(Choice(str(step), str(step), str(step) == chosen, step) for step in question.steps)
    return tuple(
        Choice(option.key, option.label, option.key in picked, place if place <= 9 else 0)
        for place, option in enumerate(question.options, start=1)
    )
