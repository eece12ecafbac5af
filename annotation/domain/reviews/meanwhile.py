"""A review that was submitted from elsewhere while its item was open: what it says beside what is given now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from pydantic import JsonValue

from annotation.domain.queues.refusals import ClaimError
from annotation.domain.queues.rubric import Rubric
from annotation.domain.reviews import corrections, history
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Review


class ReviewChangedError(ClaimError):
    """The person's `review` of the item is not the one that they had before them; it stands, and nothing of it was replaced."""

    code = "review_changed"

    def __init__(self, review: Review) -> None:
        self.item, self.review = review.item, review
        super().__init__(
            f"You submitted item {review.item.number} meanwhile, in another tab or on another device, with other answers. "
            "That review stands."
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """A part in which they differ, and both in words; empty where nothing is said."""

    label: str
    there: str
    here: str


def differences(review: Review, given: ReviewInput, asked: Rubric) -> list[Difference]:
    """Where what is `given`, held against the rubric, differs from what the review says; a statement for the names of steps."""
    there = history.as_input(review)
    named = {step.run for one in (there, given) for step in one.steps}
    names = history.names(review, named | {run for one in (there, given) if (run := one.first_failing_run_uuid)})
    both = zip(_parts(there, asked, names), _parts(given, asked, names), strict=True)
    return [Difference(label, before, now) for (label, before), (_, now) in both if before != now]


def _parts(given: ReviewInput, asked: Rubric, names: Mapping[UUID, str]) -> Iterator[tuple[str, str]]:
    """All that can be said, each with its name."""
    for question in asked.questions:
        answer = given.answers.get(question.key)
        yield question.label, "" if answer is None else corrections.worded(question, answer)
    failing = given.first_failing_run_uuid
    said = [f"{names.get(step.run, 'a step')}: {corrections.on_step(step, asked)}" for step in given.steps]
    yield "Labels", ", ".join(sorted(given.labels))
    yield "Marked passages", " … ".join(one.text for one in given.evidence)
    yield "Layer", given.layer
    yield "First failing step", names.get(failing, "a step") if failing else ""
    yield "Single steps", "; ".join(sorted(said))
    yield "Correction", _text(given.correction)
    yield "Note", given.note.replace("\r\n", "\n").strip()


def _text(correction: JsonValue) -> str:
    if correction is None or isinstance(correction, str):
        return (correction or "").replace("\r\n", "\n")
    return json.dumps(correction, ensure_ascii=False, indent=2)
