"""What a rule does with a sampled trace: the typed reader of `RuleRevision.actions`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from annotation.domain.queues import priorities


class AddToQueue(BaseModel):
    """Put the trace into a queue, there in front of items of lower priority."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["add_to_queue"] = "add_to_queue"
    queue: UUID
    priority: int = Field(default=0, ge=priorities.LEAST, le=priorities.MOST)


Action = AddToQueue
_ACTIONS = TypeAdapter(tuple[Action, ...])


def read(documents: Iterable[Mapping[str, Any]]) -> tuple[Action, ...]:
    """The actions kept on a revision; raises pydantic's ValidationError when they are none."""
    return _ACTIONS.validate_python(tuple(documents))


def documents(actions: Iterable[Action]) -> list[dict[str, Any]]:
    """The JSON that a revision keeps."""
    return [action.model_dump(mode="json") for action in actions]
