"""What a reviewer says about one item, as it is typed, kept in a draft and submitted. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator

MOST_ACTIVE_MS = 24 * 60 * 60 * 1000


class Layer(StrEnum):
    """What a failure came from."""

    MODEL = "model"
    HARNESS = "harness"
    CONTEXT = "context"


class Part(StrEnum):
    """What of a step is corrected, where it is not its answer."""

    TOOL_CALL = "tool_call"
    MESSAGES = "messages"


class Passage(BaseModel):
    """Words of a step that somebody marked; `run` is the step's outside id."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    run: UUID | None = None
    text: str


class Evidence(Passage):
    """A passage that speaks for a label, by the label's name as it was given."""

    label: str


class StepJudgement(BaseModel):
    """What was said of one step: a thumb ("up", "down" or none), names of failure modes, a note, and by key what was
    answered to questions about such steps; `run` is its outside id.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    run: UUID
    thumb: str = ""
    labels: tuple[str, ...] = ()
    note: str = ""
    answers: dict[str, JsonValue] = Field(default_factory=dict)

    @property
    def says_anything(self) -> bool:
        """Whether it is a judgement at all."""
        return bool(self.thumb or self.labels or self.note or self.answers)


class ReviewInput(BaseModel):
    """One review, not yet held against a rubric.

    `answers` maps question keys to what was given (see `rubric.validate`). `labels` are names of failure modes; one
    that the project does not know is coined; `evidence` are passages that speak for them. `steps` judge single steps. `correction` is what the output should have been: text, or JSON of the
    output's own shape; `corrected_run_uuid` names the run that it corrects (None: the answer of the whole trace),
    `corrected_part` what of it (empty: its answer; see Part).
    `active_ms` is the time spent looking, without idle time. `rubric_version` is the number of the version that the
    person was shown (None: the queue's current one), so that a rubric changed meanwhile costs nobody their work.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    answers: dict[str, JsonValue] = Field(default_factory=dict)
    labels: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    layer: str = ""
    first_failing_run_uuid: UUID | None = None
    steps: tuple[StepJudgement, ...] = ()
    correction: JsonValue = None
    corrected_run_uuid: UUID | None = None
    corrected_part: str = ""
    note: str = ""
    active_ms: int = 0
    rubric_version: int | None = None

    @field_validator("active_ms")
    @classmethod
    def _within_a_day(cls, value: int) -> int:
        return min(max(value, 0), MOST_ACTIVE_MS)

    def document(self) -> dict[str, Any]:
        """The JSON that a draft keeps."""
        return self.model_dump(mode="json", exclude_defaults=True)


class Label(BaseModel):
    """A failure mode as a review names it: its outside id, its name when it was given, and what speaks for it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    failure_mode: UUID
    name: str
    evidence: tuple[Passage, ...] = ()


class KeptStep(BaseModel):
    """What a review says of one step, its labels as they are kept."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    run: UUID
    thumb: str = ""
    labels: tuple[Label, ...] = ()
    note: str = ""
    answers: dict[str, JsonValue] = Field(default_factory=dict)


def is_same(one: ReviewInput, other: ReviewInput) -> bool:
    """Whether both say the same, as forms send it: however long it took, and with numbers as they are typed."""
    return bool(_as_typed(one) == _as_typed(other))


def _as_typed(given: ReviewInput) -> Any:
    update = {"active_ms": 0, "rubric_version": None, "labels": tuple(sorted(given.labels))}
    return _typed(given.model_copy(update=update).model_dump(mode="json"))


def _typed(value: Any) -> Any:
    match value:
        case dict():
            return {key: _typed(one) for key, one in value.items() if one not in (None, "", [], {})}
        case list():
            return [_typed(one) for one in value]
        case str():
            return value.replace("\r\n", "\n").strip()
        case _:
            return json.dumps(value)


def read_draft(document: Mapping[str, Any]) -> ReviewInput:
    """The draft as it was kept; parts that can no longer be read are left out rather than failing the page."""
    try:
        return ReviewInput.model_validate(document)
    except ValidationError as problem:
        unreadable = {error["loc"][0] for error in problem.errors() if error["loc"]}
        return ReviewInput.model_validate({key: value for key, value in document.items() if key not in unreadable})


def read_labels(document: list[Any]) -> tuple[Label, ...]:
    """The labels kept on a review."""
    return tuple(Label.model_validate(entry) for entry in document)


def marked(labels: Iterable[Label]) -> tuple[Evidence, ...]:
    """The passages that speak for the labels, each under its label's name."""
    return tuple(Evidence(label=label.name, run=one.run, text=one.text) for label in labels for one in label.evidence)


def read_steps(document: list[Any]) -> tuple[KeptStep, ...]:
    """What a review says of single steps."""
    return tuple(KeptStep.model_validate(entry) for entry in document)
