"""What an item is about, as the page's outline and conversation show it, and the steps that a reviewer may point at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from annotation.domain.reviews import opening
from annotation.domain.traces.conversation.clip import Clip, clip
from annotation.domain.traces.trajectory import trajectory
from annotation.models import Feedback, Item, Run, Trace
from annotation.web.http import MemberRequest
from annotation.web.trajectory import ShownTrajectory

EARLIER_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class StepChoice:
    """A step as a list offers it."""

    uuid: UUID
    label: str


@dataclass(frozen=True, slots=True)
class EarlierTurn:
    """What was asked and answered before in the same thread; `address` gives either text whole."""

    trace: Trace
    asked: Clip
    answered: Clip
    address: str


def of(request: MemberRequest, item: Item, page: str) -> dict[str, Any]:
    """The outline and conversation of every trace of the item, earlier turns, and the steps to choose from."""
    earlier, traces = opening.turns(item)
    thumbs = _thumbs(opening.feedback_shown(traces, request.user))
    at = _uuid(request.GET.get("step", "")) or item.run_uuid
    shown = [
        ShownTrajectory(
            trajectory(trace, at=at),
            workspace=request.workspace.slug,
            page=page,
            query={"raw": "1"} if "raw" in request.GET else {},
            prefix=f"{place}-" if place else "",
            is_raw="raw" in request.GET,
            thumbs=thumbs,
        )
        for place, trace in enumerate(traces)
    ]
    steps = [
        (step.run, f"{step.number} · {step.run.name or step.run.type}")
        for one in shown
        for step in one.trajectory.steps
    ]
    return {
        "trajectories": shown,
        "earlier": [] if _is_carried(shown, len(earlier)) else [_earlier(request, trace) for trace in earlier],
        "steps": [StepChoice(run.uuid, label) for run, label in steps],
        "answers": [StepChoice(run.uuid, label) for run, label in steps if run.type == Run.Type.LLM],
    }


def _is_carried(shown: list[ShownTrajectory], earlier: int) -> bool:
    """Whether the first trace tells all earlier turns itself, because its model was given them again."""
    return bool(shown) and shown[0].earlier_questions >= earlier


def _earlier(request: MemberRequest, trace: Trace) -> EarlierTurn:
    address = reverse("trace-text", args=[request.workspace.slug, trace.uuid])
    asked, answered = (
        clip(text or "", f"trace:{name}", characters=EARLIER_CHARACTERS)
        for name, text in (("input", trace.input), ("output", trace.output))
    )
    return EarlierTurn(trace, asked, answered, f"{address}?at=")


def _thumbs(feedback: list[Feedback]) -> dict[UUID, str]:
    """For each run that has a thumb: which way the last one points."""
    return {
        one.run_uuid: "up" if one.score > 0 else "down"
        for one in feedback
        if one.key == "thumbs" and one.run_uuid and one.score is not None
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
