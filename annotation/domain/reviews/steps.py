"""What a review says of single steps: how it is kept, and the feedback on the runs that it becomes.

A thumb on a step has a key of its own: a bad step does not make its trace a bad one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from annotation.domain.reviews.content import KeptStep, Label, ReviewInput, StepJudgement
from annotation.domain.reviews.stored import UP
from annotation.models import FailureMode

STEP_THUMB = "step_thumb"

Modes = Mapping[str, FailureMode]
"""Failure modes by the names that were given for them, in small letters."""


def documents(given: ReviewInput, modes: Modes) -> list[dict[str, Any]]:
    """The JSON that a review keeps of its steps."""
    kept = [
        KeptStep(
            run=step.run, thumb=step.thumb, note=step.note, labels=tuple(_labels(step, modes)), answers=step.answers
        )
        for step in given.steps
    ]
    return [step.model_dump(mode="json", exclude_defaults=True) for step in kept]


def feedback(step: StepJudgement, modes: Modes) -> Iterator[dict[str, Any]]:
    """The key and content of each feedback on the step's run."""
    if step.thumb:
        yield {"key": STEP_THUMB, "score": float(step.thumb == UP)}
    for mode in _modes(step, modes):
        yield {"key": "label", "value": mode.name, "failure_mode": mode}
    if step.note:
        yield {"key": "note", "comment": step.note}


def _labels(step: StepJudgement, modes: Modes) -> Iterator[Label]:
    for mode in _modes(step, modes):
        yield Label(failure_mode=mode.uuid, name=mode.name)


def _modes(step: StepJudgement, modes: Modes) -> list[FailureMode]:
    """Each once; none where the item has no project to coin them in."""
    found = [modes[name.lower()] for name in step.labels if name.lower() in modes]
    return list({mode.pk: mode for mode in found}.values())
