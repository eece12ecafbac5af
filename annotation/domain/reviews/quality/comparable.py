"""Which questions of a rubric have answers that can be compared, on which scale, and why the others have not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annotation.domain.agreement import Scale
from annotation.domain.queues.pairs import PREFERENCE, Preferred
from annotation.domain.queues.rubric import Question, QuestionKind, Rubric


@dataclass(frozen=True, slots=True)
class Asked:
    """A question whose answers can be compared; `words` are its options by key, in order; `is_of_steps`: asked of each."""

    key: str
    label: str
    scale: Scale
    words: Mapping[Any, str] = field(default_factory=dict)
    is_of_steps: bool = False

    @property
    def places(self) -> dict[Any, float]:
        """Where its answers stand in their order."""
        return {value: float(place) for place, value in enumerate(self.words)}

    def worded(self, value: Any) -> str:
        """An answer as people read it."""
        if isinstance(value, tuple):
            return " > ".join(self.words.get(one, str(one)) for one in value)
        if isinstance(value, frozenset):
            return ", ".join(sorted(self.words.get(one, str(one)) for one in value)) or "none"
        return self.words.get(value, f"{value:g}" if isinstance(value, float) else str(value))


PREFERRED = Asked(
    PREFERENCE,
    "Which is better?",
    Scale.NOMINAL,
    {
        Preferred.FIRST: "The first",
        Preferred.OTHER: "The other",
        Preferred.BOTH: "Both alike",
        Preferred.NEITHER: "Neither",
    },
)
"""What is asked of pairs, whichever side the traces stood on."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A question that has no figures, and why."""

    label: str
    reason: str


def left_out(rubric: Rubric) -> tuple[LeftOut, ...]:
    """What a rubric asks and nothing can be compared of."""
    every = (*rubric.questions, *rubric.step_questions)
    questions = [LeftOut(one.label, _INCOMPARABLE[one.kind]) for one in every if one.kind in _INCOMPARABLE]
    parts = {"Correction": (rubric.parts.correction, _CORRECTED), "Note": (rubric.parts.note, _FREE)}
    return (*questions, *(LeftOut(label, reason) for label, (is_asked, reason) in parts.items() if is_asked))


_FREE = "Free text: two people never say the same in the same words. Give it labels, and these are compared."
_CORRECTED = "A correction is a text of its own; the reviews of an item stand side by side where they differ."
_INCOMPARABLE = {
    QuestionKind.TEXT: _FREE,
    QuestionKind.ASSERTIONS: "Sentences of one’s own: what one person asks of an answer, another need not deny.",
}


def asked(rubric: Rubric) -> tuple[Asked, ...]:
    """The questions and parts of a rubric that can be compared; free text cannot."""
    questions = [_asked(one) for one in (*rubric.questions, *rubric.step_questions) if one.kind in SCALES]
    parts = rubric.parts
    if parts.labels:
        questions.append(Asked(LABELS, "Labels", Scale.SETS))
    if parts.layer:
        questions.append(
            Asked(LAYER, "Layer", Scale.NOMINAL, {one: one.title() for one in ("model", "harness", "context")})
        )
    if parts.first_failing_step:
        questions.append(Asked(FIRST_FAILING_STEP, "First failing step", Scale.NOMINAL))
    return tuple(questions)


LABELS, LAYER, FIRST_FAILING_STEP = "label", "layer", "first_failing_step"
"""The keys of the feedback that the parts become."""

SCALES = {
    QuestionKind.THUMBS: Scale.NOMINAL,
    QuestionKind.VERDICT: Scale.ORDINAL,
    QuestionKind.CHOICE: Scale.NOMINAL,
    QuestionKind.MULTI_CHOICE: Scale.SETS,
    QuestionKind.SCALE: Scale.ORDINAL,
    QuestionKind.NUMBER: Scale.INTERVAL,
    QuestionKind.RANKING: Scale.NOMINAL,
}


def _asked(question: Question) -> Asked:
    options: dict[Any, str] = {option.key: option.label for option in question.options}
    words = options | question.kind.words | {step: str(step) for step in question.steps}
    return Asked(question.key, question.label, SCALES[question.kind], words, is_of_steps=question.of is not None)
