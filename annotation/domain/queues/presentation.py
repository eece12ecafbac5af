"""Which parts of a trajectory reviewers of a queue see, and how: the typed reader of `Queue.presentation`. Pure.

What is hidden is not sent to them. Which model answered is a matter of blindness, personal data one of masking.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MOST_FACTS, LONGEST_KEY = 20, 200


class How(StrEnum):
    """How a part is shown: as the page does by itself, closed until somebody opens it, or not at all."""

    SHOWN = "shown"
    FOLDED = "folded"
    HIDDEN = "hidden"


class Texts(StrEnum):
    """How texts read at first."""

    RENDERED = "rendered"
    RAW = "raw"


class Presentation(BaseModel):
    """What reviewers see beside what users and the assistant said, which is always there, and errors.

    `steps` are runs that only hold others together, `figures` times, tokens and costs, `metadata` what senders attach to a
    run, `raw` a step's inputs and outputs as they came, which hold all its parts: see `shows_raw`. `facts` are keys of the
    trace's metadata that stand above the conversation for everybody, whatever else is hidden; `tags` is one for its tags. With `may_show_rest` reviewers may have all of it when they ask.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    system: How = How.SHOWN
    reasoning: How = How.SHOWN
    tools: How = How.SHOWN
    documents: How = How.SHOWN
    steps: bool = True
    figures: bool = True
    metadata: bool = True
    raw: bool = True
    texts: Texts = Texts.RENDERED
    may_show_rest: bool = False
    facts: tuple[
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_KEY)], ...
    ] = Field(default=(), max_length=MOST_FACTS)

    @property
    def hides_anything(self) -> bool:
        """Whether something is not sent."""
        return not all((self.steps, self.figures, self.metadata, self.raw)) or any(
            getattr(self, part) is How.HIDDEN for part in PARTS
        )

    @property
    def shows_raw(self) -> bool:
        """Whether a step's inputs and outputs are sent as they came: not where they might tell a part that is hidden."""
        return self.raw and not any(getattr(self, part) is How.HIDDEN for part in PARTS)

    @property
    def hidden_types(self) -> frozenset[str]:
        """The types of runs that are not in the outline."""
        return frozenset(
            (() if self.steps else HOLDING)
            + (CALLING if self.tools is How.HIDDEN else ())
            + (FINDING if self.documents is How.HIDDEN else ())
        )

    def may_read(self, *, run_type: str, name: str, role: str = "") -> bool:
        """Whether the text `name` of a run of this type is shown (see `conversation.places`); `role` is whose message it is in."""
        part = name.partition(".")[0]
        if name in WHOLE:
            return self.shows_raw and (name not in ATTACHED or self.metadata) and run_type not in self.hidden_types
        if part == "tool" or (part == "messages" and name.rpartition(".")[2].isdigit()) or "tool" in (role, run_type):
            return self.tools is not How.HIDDEN
        if part == "documents" or run_type in FINDING:
            return self.documents is not How.HIDDEN
        if name.endswith(".reasoning"):
            return self.reasoning is not How.HIDDEN
        return role != "system" or self.system is not How.HIDDEN

    def document(self) -> dict[str, Any]:
        """The JSON that a queue and its reviews keep."""
        return self.model_dump(mode="json", exclude_defaults=True)


PARTS = {
    "system": "System prompts",
    "reasoning": "Reasoning",
    "tools": "Tool calls",
    "documents": "Retrieved documents",
}
"""Parts that are shown, folded or hidden, and their words."""

FIELDS = {
    "steps": "Steps that only hold others together",
    "figures": "Times, tokens and costs",
    "metadata": "Metadata, attributes and tags",
    "raw": "A step’s inputs and outputs as they came",
}
"""Fields that are shown or not, and their words."""

HOLDING = ("chain", "agent", "prompt", "parser")
CALLING = ("tool",)
FINDING = ("retriever", "reranker", "embedding")
WHOLE = ("inputs", "outputs", "messages", "attributes", "metadata", "resource", "events")
ATTACHED = ("attributes", "metadata", "resource", "events")


def read(document: Mapping[str, Any]) -> Presentation:
    """What a queue or a review keeps."""
    return Presentation.model_validate(document)
