"""A trace without the names of the models that answered, for people who judge it blind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from annotation.domain.traces.trajectory import OutlineRun, Trajectory
from annotation.domain.traces.tree import Step
from annotation.models import Run, Trace

NAME = "Model call"
"""What a call is shown as: instrumentations put the model into its name."""

TRACE = "Trace"
"""What a trace is shown as: many are called after their first call."""

CALLS = (Run.Type.LLM, Run.Type.EMBEDDING)
PARTS = ("inputs", "outputs", "messages")
"""Of what a step carries; attributes, metadata and the rest name the model in too many ways."""


def trajectory(shown: Trajectory) -> Trajectory:
    """The same trajectory with calls of models, and the trace, under one name."""
    calls = {step.run.uuid for step in shown.steps if step.run.type in CALLS}
    conversation = shown.window.conversation
    turns = tuple(
        replace(turn, model=None, name=NAME if turn.run in calls else turn.name) for turn in conversation.turns
    )
    window = replace(shown.window, conversation=replace(conversation, turns=turns), steps=_steps(shown.window.steps))
    return replace(shown, trace=trace(shown.trace), steps=_steps(shown.steps), window=window)


def trace(row: Trace) -> Trace:
    """The trace, changed in memory only: without its name, cost, tags and metadata, any of which may name the model."""
    row.name, row.cost, row.model_names, row.tags, row.metadata = TRACE, None, [], [], {}
    return row


def run(row: Run) -> Run:
    """The run, changed in memory only, as a dialog about it may show it."""
    if row.type in CALLS:
        row.name = NAME
    row.model = row.model_requested = row.provider = row.cost = None
    row.attributes, row.metadata, row.resource, row.events, row.tags = {}, {}, {}, [], []
    for part in PARTS:
        setattr(row, part, content(getattr(row, part)))
    return row


def content(value: Any) -> Any:
    """JSON without the members that name a model."""
    match value:
        case dict():
            return {key: content(entry) for key, entry in value.items() if "model" not in str(key).lower()}
        case list():
            return [content(entry) for entry in value]
        case _:
            return value


def _steps(steps: Sequence[Step[OutlineRun]]) -> list[Step[OutlineRun]]:
    return [replace(step, run=step.run._replace(name=NAME)) if step.run.type in CALLS else step for step in steps]
