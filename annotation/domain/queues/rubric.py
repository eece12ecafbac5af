"""What a queue asks its reviewers: the typed reader of `RubricVersion.questions`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

BUILT_IN_KEYS = frozenset({"label", "layer", "first_failing_step", "correction", "note"})
"""Feedback keys that the parts beside the questions write; no question may take one of them."""

KEY_PATTERN = r"^[A-Za-z][A-Za-z0-9_-]{0,119}$"
"""Of questions; what our own pages make is in small letters."""

OPTION_PATTERN = r"^[^\x00-\x1f]{1,200}$"
"""Of options, which are values of feedback; what our own pages make looks like the key of a question."""

MOST_QUESTIONS = 20
MOST_OPTIONS = 20


class QuestionKind(StrEnum):
    """How a question is answered."""

    THUMBS = "thumbs"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    NUMBER = "number"
    TEXT = "text"

    @property
    def has_options(self) -> bool:
        """Whether the answer is picked from a list."""
        return self in {QuestionKind.CHOICE, QuestionKind.MULTI_CHOICE}

    @property
    def label(self) -> str:
        """The kind in words, for people who write rubrics."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    QuestionKind.THUMBS: "Good or bad",
    QuestionKind.CHOICE: "One of several",
    QuestionKind.MULTI_CHOICE: "Any of several",
    QuestionKind.NUMBER: "Number",
    QuestionKind.TEXT: "Text",
}


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(_Document):
    """One answer that may be picked; `key` is what is stored and `label` what people read."""

    key: str = Field(pattern=OPTION_PATTERN)
    label: str = Field(min_length=1, max_length=200)


class Question(_Document):
    """One question; its `key` is the key of the feedback that the answer becomes.

    `said` keeps what a foreign program says of it and has no meaning here.
    """

    key: str = Field(pattern=KEY_PATTERN)
    kind: QuestionKind
    label: str = Field(min_length=1, max_length=300)
    help: str = Field(default="", max_length=2000)
    is_required: bool = False
    options: tuple[Option, ...] = Field(default=(), max_length=MOST_OPTIONS)
    minimum: float | None = Field(default=None, allow_inf_nan=False)
    maximum: float | None = Field(default=None, allow_inf_nan=False)
    said: dict[str, JsonValue] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        if self.key in BUILT_IN_KEYS:
            raise ValueError(f"“{self.key}” is the key of a part that every review has; choose another key.")
        if self.key == "thumbs" and self.kind is not QuestionKind.THUMBS:
            raise ValueError("The key “thumbs” is kept for a question of the kind good or bad.")
        self._check_options()
        if self.minimum is not None and self.maximum is not None and self.minimum >= self.maximum:
            raise ValueError("The smallest number has to be below the largest.")
        return self

    def _check_options(self) -> None:
        if not self.kind.has_options:
            if self.options:
                raise ValueError("Only questions with a choice have options.")
            return
        if len(self.options) < 2:
            raise ValueError("Give at least two options to choose from.")
        if twice := _twice(option.key for option in self.options):
            raise ValueError(f"The option “{twice}” stands there twice.")


class Parts(_Document):
    """What a review has beside its questions; each can be left out of a rubric."""

    labels: bool = True
    layer: bool = True
    first_failing_step: bool = True
    correction: bool = True
    note: bool = True


class Rubric(_Document):
    """The questions of a queue in order, and the parts beside them."""

    questions: tuple[Question, ...] = Field(default=(), max_length=MOST_QUESTIONS)
    parts: Parts = Parts()

    @model_validator(mode="after")
    def _ask_once(self) -> Self:
        if twice := _twice(question.key for question in self.questions):
            raise ValueError(f"Two questions have the key “{twice}”; every question needs its own.")
        return self

    def question(self, key: str) -> Question | None:
        """The question with this key, if the rubric asks it."""
        return next((question for question in self.questions if question.key == key), None)

    def document(self) -> dict[str, Any]:
        """The JSON that a rubric version keeps."""
        document = self.model_dump(mode="json")
        for question in document["questions"]:
            if not question["said"]:
                del question["said"]
        return document


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
