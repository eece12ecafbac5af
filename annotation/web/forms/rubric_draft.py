"""A rubric as typed, before it is known to make sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from annotation.domain.queues.rubric import MOST_STEPS, QuestionKind
from annotation.models import Run
from annotation.web.forms import rubric_conditions as conditions
from annotation.web.forms.rubric_conditions import Boxes, Earlier

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
    """A question as typed; `visible` and `required` are the ticked boxes of its conditions, `of_type` and `of_name` the steps
    that it is asked of (empty: the whole).
    """

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
    visible: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    pattern: str = ""
    pattern_message: str = ""
    of_type: str = ""
    of_name: str = ""
    error: str = ""

    @property
    def scopes(self) -> list[tuple[str, str, bool]]:
        """Of what it may be asked: value, words, and whether it is; the whole first."""
        of_steps = [(type_.value, f"each {type_.label.lower()}", type_.value == self.of_type) for type_ in Run.Type]
        return [("", "the whole", not self.of_type), *of_steps]

    @property
    def may_be_of_steps(self) -> bool:
        """Whether its kind can be asked of single steps."""
        return self.kind not in {QuestionKind.ASSERTIONS, QuestionKind.RANKING}

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
    def is_text(self) -> bool:
        """Whether it is answered with words."""
        return self.kind == QuestionKind.TEXT

    @property
    def has_conditions(self) -> bool:
        """Whether anything but its words says when it is asked and what fits."""
        return bool(self.visible or self.required or self.pattern)

    @property
    def answers(self) -> dict[str, str]:
        """What may be answered, in words by stored form, as far as it is a list."""
        kind, low, high = QuestionKind(self.kind), _whole(self.minimum), _whole(self.maximum)
        steps = range(low, min(high, low + MOST_STEPS) + 1) if kind is QuestionKind.SCALE else ()
        options = {one.key: one.label for one in self.options if one.key and kind is not QuestionKind.RANKING}
        return kind.words | options | {str(step): str(step) for step in steps}

    @property
    def has_ends(self) -> bool:
        """Whether its ends have labels."""
        return self.kind == QuestionKind.SCALE


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field: its id on the page, its name, and what to do."""

    place: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class RubricDraft:
    """The questions as typed, and which parts stand beside them."""

    questions: tuple[QuestionDraft, ...] = ()
    parts: Mapping[str, bool] = field(default_factory=dict)

    @property
    def keys(self) -> set[str]:
        """The keys that are asked for."""
        return {question.key for question in self.questions if question.key}

    @property
    def rows(self) -> list[tuple[QuestionDraft, tuple[Boxes, ...], tuple[Boxes, ...]]]:
        """Every question with the boxes for when it is asked and for when it needs an answer."""
        earlier: list[Earlier] = []
        rows = []
        for question in self.questions:
            asked, needed = (conditions.boxes(earlier, ticked) for ticked in (question.visible, question.required))
            rows.append((question, asked, needed))
            if question.key and not question.of_type:
                earlier.append(Earlier(question.key, question.label, question.answers))
        return rows

    @property
    def part_rows(self) -> list[tuple[str, str, str, bool]]:
        """Field, name, meaning and whether it is on, for each part."""
        return [(name, label, meaning, self.parts.get(name, False)) for name, label, meaning in PARTS]

    @property
    def problems(self) -> list[Problem]:
        """Of every question that was refused, why."""
        return [
            Problem(f"q-{place}-label", f"Question {place + 1}", question.error)
            for place, question in enumerate(self.questions)
            if question.error
        ]

    @property
    def has_errors(self) -> bool:
        """Whether a question was refused."""
        return any(question.error for question in self.questions)


def _whole(text: str) -> int:
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 6 else 0
