"""The steps that an item is about, as the page's outline and trajectory show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotation.models import Run, Trace


@dataclass(frozen=True, slots=True)
class StepChoice:
    """A step as a list offers it."""

    uuid: UUID
    label: str


def of(traces: list[Trace]) -> dict[str, Any]:
    """The outline, the trajectory, and the steps to choose from."""
    runs = list(Run.objects.filter(trace__in=traces).order_by("trace__started_at", "start_nano", "id"))
    return {
        "runs": runs,
        "steps": [
            StepChoice(run.uuid, f"{at} · {run.name or run.get_type_display()}") for at, run in enumerate(runs, 1)
        ],
        "answers": [StepChoice(run.uuid, run.name or "Model call") for run in runs if run.type == Run.Type.LLM],
    }
