"""A trajectory as its queue lets reviewers see it: without what is hidden, and folded where it says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotation.domain.queues.presentation import How, Presentation
from annotation.domain.queues.sight import Sight
from annotation.domain.reviews.content import Part
from annotation.domain.reviews.originals import Original
from annotation.domain.traces import veiled
from annotation.domain.traces.conversation import Turn, TurnKind
from annotation.domain.traces.conversation.clip import Clip, written
from annotation.domain.traces.trajectory import OutlineRun, Trajectory
from annotation.domain.traces.tree import Step
from annotation.models import Run, Trace

TAGS = "tags"
"""The key that stands for a trace's tags, where its metadata has none of this name."""
_PARTS = {TurnKind.SYSTEM: "system", TurnKind.TOOL: "tools", TurnKind.DOCUMENTS: "documents"}


def trajectory(shown: Trajectory, sight: Sight) -> Trajectory:
    """The same trajectory, its trace changed in memory; texts of its conversation have been masked already."""
    if sight.is_whole and sight.presentation == Presentation():
        return shown
    conversation = shown.window.conversation
    kept = [place for place, turn in enumerate(conversation.turns) if not _is_hidden(turn, sight.presentation)]
    turns = tuple(_turn(conversation.turns[place], sight) for place in kept)
    anchors = {run: at for run, place in conversation.anchors.items() if (at := _next(kept, place)) is not None}
    hidden = sight.presentation.hidden_types
    steps = [_step(step, sight) for step in shown.steps if step.run.type not in hidden]
    around = replace(
        shown.window,
        conversation=replace(conversation, turns=turns, anchors=anchors),
        steps=[step for step in shown.window.steps if step.run.type not in hidden],
        earlier_count=sum(step.run.type not in hidden for step in shown.steps[: shown.window.earlier_count]),
    )
    return replace(shown, trace=trace(shown.trace, sight), steps=steps, window=around)


def facts(row: Trace, keys: Sequence[str], sight: Sight) -> list[tuple[str, str]]:
    """What stands above the conversation: the chosen keys of the trace's metadata with what they say, and its tags."""
    known = row.metadata if isinstance(row.metadata, dict) else {}
    found = [(key, ", ".join(row.tags or ()) if key == TAGS and key not in known else known.get(key)) for key in keys]
    said = [(key, written(sight.mask.json(value, behind=key) if sight.mask else value)) for key, value in found]
    return [(key, words) for key, words in said if words]


def trace(row: Trace, sight: Sight) -> Trace:
    """The trace, changed in memory only, as a page may name it."""
    row.name = sight.text(row.name or "")
    if not sight.presentation.figures:
        row.latency_ms = row.total_tokens = row.input_tokens = row.output_tokens = row.cost = None
    if not sight.presentation.metadata:
        row.tags, row.metadata = [], {}
    return row


def run(row: Run, sight: Sight) -> Run:
    """The run, changed in memory only, as a dialog about it may show it beside its texts."""
    row.name, row.error_message = sight.text(row.name), sight.json(row.error_message)
    row.error_type, row.error_stack = sight.json(row.error_type), sight.json(row.error_stack)
    if not sight.presentation.figures:
        row.latency_ms = row.input_tokens = row.output_tokens = row.total_tokens = row.cost = None
    if not sight.presentation.metadata:
        row.tags, row.metadata, row.attributes = [], {}, {}
    return row


def original(source: Original, sight: Sight, *, is_veiled: bool) -> Original:
    """What a correction starts from: nothing where that is hidden; without inputs (None) where these are."""
    policy = sight.presentation
    if not (source.run_uuid is None or policy.may_read(run_type=source.run_type, name=_place(source))):
        source = replace(source, text="", outputs=None)
    if not policy.may_read(run_type=source.run_type, name="inputs"):
        source = replace(source, inputs=None)
    if is_veiled:
        source = replace(source, inputs=veiled.content(source.inputs), outputs=veiled.content(source.outputs))
    return source


def _place(source: Original) -> str:
    """Where the page shows it beside the form."""
    if source.part == Part.TOOL_CALL:
        return "tool.arguments"
    if source.part == Part.MESSAGES:
        return "messages"
    return "output_text" if source.text.strip() else "tool.result" if source.run_type == "tool" else "outputs"


def _is_hidden(turn: Turn, policy: Presentation) -> bool:
    part = _PARTS.get(turn.kind)
    return part is not None and getattr(policy, part) is How.HIDDEN


def _turn(turn: Turn, sight: Sight) -> Turn:
    policy = sight.presentation
    if policy.reasoning is How.HIDDEN:
        turn = replace(turn, reasoning=Clip(""))
    if not policy.figures:
        turn = replace(turn, latency_ms=None, model=None)
    is_folded = turn.kind is TurnKind.TOOL and policy.tools is How.FOLDED
    return replace(turn, is_folded=is_folded, name=sight.text(turn.name))


def _step(step: Step[OutlineRun], sight: Sight) -> Step[OutlineRun]:
    run = step.run
    if sight.mask:
        run = run._replace(name=sight.text(run.name), error_type=sight.json(run.error_type))
    run = run if sight.presentation.figures else run._replace(latency_ms=None)
    return replace(step, run=run)


def _next(kept: Sequence[int], place: int) -> int | None:
    """The first turn from this place on that is shown, else the last one."""
    later = next((at for at, one in enumerate(kept) if one >= place), None)
    return later if later is not None else len(kept) - 1 if kept else None
