"""What a queue asks its reviewers: the typed reader of `RubricVersion.questions`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from annotation.domain.queues import patterns
from annotation.domain.queues.conditions import Condition, Steps

BUILT_IN_KEYS = frozenset({"label", "layer", "first_failing_step", "step_thumb", "correction", "note"})
"""Feedback keys that the parts beside the questions write; no question may take one of them."""

KEY_PATTERN = r"^[A-Za-z][A-Za-z0-9_-]{0,119}$"
"""Of questions; what our own pages make is in small letters."""

OPTION_PATTERN = r"^[^\x00-\x1f]{1,200}$"
"""Of options, which are values of feedback; what our own pages make looks like the key of a question."""

MOST_QUESTIONS = 20
MOST_OPTIONS = 20
MOST_STEPS = 11
"""Of a scale: from 0 to 10 is the longest that people tell apart."""


class QuestionKind(StrEnum):
    """How a question is answered."""

    THUMBS = "thumbs"
    VERDICT = "verdict"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    SCALE = "scale"
    NUMBER = "number"
    TEXT = "text"
    ASSERTIONS = "assertions"
    RANKING = "ranking"

    @property
    def has_options(self) -> bool:
        """Whether the answer is picked from a list, or is an order of it."""
        return self in {QuestionKind.CHOICE, QuestionKind.MULTI_CHOICE, QuestionKind.RANKING}

    @property
    def is_verdict(self) -> bool:
        """Whether the answer says good or bad, in the form in which `thumbs` says it."""
        return self in {QuestionKind.THUMBS, QuestionKind.VERDICT}

    @property
    def words(self) -> dict[str, str]:
        """The answers that every question of the kind has, in words by stored form, the worst first; else empty."""
        return _KIND_WORDS.get(self, {})

    @property
    def label(self) -> str:
        """The kind in words, for people who write rubrics."""
        return _KIND_LABELS[self]


_KIND_WORDS: dict[QuestionKind, dict[str, str]] = {
    QuestionKind.THUMBS: {"down": "Bad", "up": "Good"},
    QuestionKind.VERDICT: {"bad": "Bad", "unsure": "Unsure", "good": "Good"},
}

_KIND_LABELS = {
    QuestionKind.THUMBS: "Good or bad",
    QuestionKind.VERDICT: "Good, bad or unsure",
    QuestionKind.CHOICE: "One of several",
    QuestionKind.MULTI_CHOICE: "Any of several",
    QuestionKind.SCALE: "Scale",
    QuestionKind.NUMBER: "Number",
    QuestionKind.TEXT: "Text",
    QuestionKind.ASSERTIONS: "Must and must not",
    QuestionKind.RANKING: "Order of several",
}


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(_Document):
    """One answer that may be picked; `key` is what is stored and `label` what people read."""

    key: str = Field(pattern=OPTION_PATTERN)
    label: str = Field(min_length=1, max_length=200)


class Question(_Document):
    """One question; its `key` is the key of the feedback that the answer becomes.

    With `of` it is asked of each such step, and its answers are feedback on the runs; else of the whole.

    A scale goes in whole steps from `minimum` to `maximum`; `low_label` and `high_label` are what its ends mean. A
    question with `visible_if` is asked only then; with `required_if` it needs an answer then. A text has to match
    `pattern` (see `patterns`), else `pattern_message` is told. `said` keeps what a foreign program says of it and has no meaning here.
    """

    key: str = Field(pattern=KEY_PATTERN)
    kind: QuestionKind
    label: str = Field(min_length=1, max_length=300)
    help: str = Field(default="", max_length=2000)
    is_required: bool = False
    options: tuple[Option, ...] = Field(default=(), max_length=MOST_OPTIONS)
    minimum: float | None = Field(default=None, allow_inf_nan=False)
    maximum: float | None = Field(default=None, allow_inf_nan=False)
    low_label: str = Field(default="", max_length=100)
    high_label: str = Field(default="", max_length=100)
    visible_if: Condition | None = None
    required_if: Condition | None = None
    of: Steps | None = None
    pattern: str = Field(default="", max_length=patterns.LONGEST_PATTERN)
    pattern_message: str = Field(default="", max_length=300)
    said: dict[str, JsonValue] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        if self.key in BUILT_IN_KEYS:
            raise ValueError(f"“{self.key}” is the key of a part that every review has; choose another key.")
        if self.key == "thumbs" and not self.kind.is_verdict:
            raise ValueError("The key “thumbs” is kept for a question of the kind good or bad.")
        self._check_options()
        self._check_scale()
        self._check_steps()
        if self.pattern and self.kind is not QuestionKind.TEXT:
            raise ValueError("Only a text can have a pattern.")
        if self.pattern:
            patterns.compiled(self.pattern)
        if self.minimum is not None and self.maximum is not None and self.minimum >= self.maximum:
            raise ValueError("The smallest number has to be below the largest.")
        return self

    def _check_options(self) -> None:
        if not self.kind.has_options:
            if self.options:
                raise ValueError("Only questions with a choice have options.")
            return
        self._check_option_count()
        if twice := _twice(option.key for option in self.options):
            raise ValueError(f"The option “{twice}” stands there twice.")

    def _check_option_count(self) -> None:
        """One is enough where any may be picked: a box to tick."""
        is_any = self.kind is QuestionKind.MULTI_CHOICE
        if len(self.options) < 1 and is_any:
            raise ValueError("Give at least one option to tick.")
        if len(self.options) < 2 and not is_any:
            other = f"“{QuestionKind.MULTI_CHOICE.label}” ({QuestionKind.MULTI_CHOICE})"
            raise ValueError(f"Give at least two options to choose from; for a single box to tick, ask {other}.")

    def _check_steps(self) -> None:
        if self.of is None:
            return
        if self.key == "thumbs":
            raise ValueError("The key “thumbs” is kept for the whole; a question about steps needs another one.")
        if self.kind in {QuestionKind.ASSERTIONS, QuestionKind.RANKING}:
            raise ValueError(f"“{self.kind.label}” is asked of the whole, not of single steps.")
        if self.visible_if or self.required_if:
            raise ValueError("A question about steps is asked of each of them, whatever is answered elsewhere.")

    def _check_scale(self) -> None:
        if self.kind is not QuestionKind.SCALE:
            if self.low_label or self.high_label:
                raise ValueError("Only the ends of a scale have labels.")
            return
        ends = (self.minimum, self.maximum)
        if any(end is None or end != int(end) for end in ends) or not 1 < len(self.steps) <= MOST_STEPS:
            raise ValueError(f"A scale goes from one whole number to a larger one, in at most {MOST_STEPS} steps.")

    @property
    def answers(self) -> dict[str, str]:
        """What may be answered, in words by stored form, where that is a list; else empty."""
        if self.kind is QuestionKind.RANKING:
            return {}
        options = {option.key: option.label for option in self.options}
        return self.kind.words | options | {str(step): str(step) for step in self.steps}

    @property
    def steps(self) -> range:
        """The numbers of a scale, in order; empty for any other kind."""
        if self.kind is not QuestionKind.SCALE or self.minimum is None or self.maximum is None:
            return range(0)
        return range(int(self.minimum), int(self.maximum) + 1)


class Parts(_Document):
    """What a review has beside its questions; each can be left out of a rubric."""

    labels: bool = True
    layer: bool = True
    first_failing_step: bool = True
    correction: bool = True
    note: bool = True


class Rubric(_Document):
    """The questions of a queue in order, those about steps apart, and the parts beside them."""

    questions: tuple[Question, ...] = Field(default=(), max_length=MOST_QUESTIONS)
    step_questions: tuple[Question, ...] = Field(default=(), max_length=MOST_QUESTIONS)
    parts: Parts = Parts()

    @model_validator(mode="before")
    @classmethod
    def _set_steps_apart(cls, given: Any) -> Any:
        """A document has all its questions in one list."""
        listed = given.get("questions") if isinstance(given, dict) else None
        if not isinstance(listed, list | tuple):
            return given
        of_steps = [one for one in listed if _is_of_steps(one)]
        if not of_steps:
            return given
        whole = [one for one in listed if not _is_of_steps(one)]
        return {**given, "questions": whole, "step_questions": [*of_steps, *given.get("step_questions", ())]}

    @model_validator(mode="after")
    def _ask_once(self) -> Self:
        if len(self.questions) + len(self.step_questions) > MOST_QUESTIONS:
            raise ValueError(f"A rubric has at most {MOST_QUESTIONS} questions.")
        if twice := _twice(question.key for question in (*self.questions, *self.step_questions)):
            raise ValueError(f"Two questions have the key “{twice}”; every question needs its own.")
        if problem := next(iter(condition_problems(self.questions).values()), ""):
            raise ValueError(problem)
        return self

    def step_question(self, key: str) -> Question | None:
        """The question about steps with this key, if the rubric asks it."""
        return next((question for question in self.step_questions if question.key == key), None)

    def question(self, key: str) -> Question | None:
        """The question about the whole with this key, if the rubric asks it."""
        return next((question for question in self.questions if question.key == key), None)

    def document(self) -> dict[str, Any]:
        """The JSON that a rubric version keeps."""
        document = self.model_dump(mode="json")
        document["questions"] += document.pop("step_questions")
        for question in document["questions"]:
            for name in _LEFT_OUT:
                if not question[name]:
                    del question[name]
        return document


def _is_of_steps(question: Any) -> bool:
    of = question.get("of") if isinstance(question, dict) else getattr(question, "of", None)
    return of is not None


_LEFT_OUT = ("of", "low_label", "high_label", "visible_if", "required_if", "pattern", "pattern_message", "said")
"""Fields that a document does not have where they say nothing, so that what was written before them reads the same."""


def condition_problems(questions: Sequence[Question]) -> dict[str, str]:
    """By question key: what is wrong with a condition of it. Conditions look back, so that none can turn in a circle."""
    found: dict[str, str] = {}
    before: dict[str, Question] = {}
    for question in questions:
        for condition in filter(None, (question.visible_if, question.required_if)):
            if problem := _condition_problem(question, condition, before.get(condition.question)):
                found[question.key] = problem
        before[question.key] = question
    return found


def _condition_problem(question: Question, condition: Condition, asked: Question | None) -> str:
    if asked is None:
        return f"“{question.label}” can only depend on a question above it, and “{condition.question}” is none."
    unknown = [value for value in condition.any_of if asked.answers and value not in asked.answers]
    if unknown:
        words = f"“{question.label}” depends on “{unknown[0]}”, which nobody can answer to “{asked.label}”."
        return f"{words} Its answers are {', '.join(asked.answers)}."
    if condition.any_of and asked.kind in {QuestionKind.ASSERTIONS, QuestionKind.RANKING}:
        return f"“{question.label}” can only depend on whether “{asked.label}” is answered."
    return ""


def read(document: Mapping[str, Any] | list[Any]) -> Rubric:
    """The rubric kept in a version; a bare list is taken as its questions. Raises pydantic's ValidationError."""
    return Rubric.model_validate({"questions": document} if isinstance(document, list) else document)


def default() -> Rubric:
    """What a new queue asks: was it good, and with the built-in parts why not."""
    thumbs = Question(key="thumbs", kind=QuestionKind.THUMBS, label="Was this good?", is_required=True)
    return Rubric(questions=(thumbs,))


def _twice(keys: Iterable[str]) -> str:
    """The first key that comes again, or an empty string."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return ""
