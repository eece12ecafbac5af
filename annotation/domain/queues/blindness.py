"""What reviewers of a queue are not shown before they judge: the typed reader of `Queue.blindness`. Pure.

Each review keeps the policy under which it was given, so that a figure can be had of blind reviews only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

SOURCES = {"judges": ("judge", "rule", "api"), "user_thumbs": ("user", "signal")}
"""The switches that hide feedback, and the sources whose feedback they hide: verdicts of programs, and what users said or did."""


class Blindness(BaseModel):
    """Whether others' reviews, what judges and other programs said, what users said and which model answered are hidden."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    peers: bool = True
    judges: bool = False
    user_thumbs: bool = False
    model: bool = False

    @property
    def hidden_sources(self) -> tuple[str, ...]:
        """The sources whose feedback is hidden, beside the reviews of others."""
        return tuple(source for switch, sources in SOURCES.items() if getattr(self, switch) for source in sources)

    @property
    def unseen(self) -> tuple[str, ...]:
        """The sources whose feedback somebody who has still to judge is not shown, own words aside."""
        return (*self.hidden_sources, *(("reviewer",) if self.peers else ()))

    @classmethod
    def hiding(cls, switches: Collection[str]) -> Blindness:
        """The policy that hides these and nothing else."""
        return cls(**{name: name in switches for name in WORDS})

    @property
    def switches(self) -> list[str]:
        """What is hidden, by name."""
        return [name for name in WORDS if getattr(self, name)]

    def document(self) -> dict[str, Any]:
        """The JSON that a queue and its reviews keep; whole, so that later defaults change nothing about them."""
        return self.model_dump(mode="json")


WORDS = {
    "peers": "Reviews of others",
    "judges": "Feedback of judges and programs",
    "user_thumbs": "Feedback of users",
    "model": "Name of the model",
}
"""The switches and what they hide."""


def read(document: Mapping[str, Any]) -> Blindness:
    """The policy that a queue or a review keeps; what it does not say is as by default."""
    return Blindness.model_validate(document)
