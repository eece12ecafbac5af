"""Why an item stands in its queue: the typed reader of `Item.reason`. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue


class Origin(StrEnum):
    """Who put the item there."""

    RULE = "rule"
    HAND = "hand"
    API = "api"


class SeenFeedback(BaseModel):
    """A judgement that stood on the trace when the item was added."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: str
    key: str
    score: float | None = None
    value: JsonValue = None
    comment: str = ""

    @property
    def summary(self) -> str:
        """In words, such as "judge policy said 0.91" or "user thumbed down"."""
        if self.key == "thumbs" and self.score is not None:
            return f"{self.source} thumbed {'up' if self.score > 0 else 'down'}"
        said = self.score if self.score is not None else self.value
        return (
            f"{self.source} {self.key} said {said:g}"
            if isinstance(said, float)
            else f"{self.source} {self.key} said {said}"
        )


class Reason(BaseModel):
    """Why an item is there: which rule, by what chance, what was known; or who added it by hand.

    `job` is the one that filled the queue, `filter` what the trace matched (empty: nothing was asked), `why` holds short sentences for people ("error in tool charge_card"), `seen` the feedback that stood on the trace. `run` is the first
    step that met what the filter asks of runs (outside id): where a reviewer begins to read.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    origin: Origin = Origin.HAND
    rule: str = ""
    rule_uuid: UUID | None = None
    revision: int | None = None
    probability: float | None = None
    by: str = ""
    job: UUID | None = None
    filter: str = ""
    why: tuple[str, ...] = ()
    seen: tuple[SeenFeedback, ...] = ()
    run: UUID | None = None

    @property
    def summary(self) -> str:
        """One line for lists and programs."""
        return self._line(self.filter)

    @property
    def brief(self) -> str:
        """The same without the filter, for where that is shown beside."""
        return self._line("")

    def _line(self, matched: str) -> str:
        parts = [self._who(), self._chance(), matched, *self.why, ", ".join(seen.summary for seen in self.seen)]
        return " · ".join(part for part in parts if part)

    def _who(self) -> str:
        if self.origin is Origin.RULE:
            return f"Rule “{self.rule}” v{self.revision}" if self.revision else f"Rule “{self.rule}”"
        way = " through the API" if self.origin is Origin.API else ""
        return f"Added{way} by {self.by}" if self.by else f"Added{way or ' by hand'}"

    def _chance(self) -> str:
        if self.probability is None or self.probability >= 1:
            return ""
        one_in = 1 / self.probability
        return f"sampled 1 in {one_in:.0f}" if abs(one_in - round(one_in)) < 0.01 else f"sampled {self.probability:.3g}"

    def without(self, unseen: Collection[str], *, rules: bool, model: bool = False) -> Reason:
        """What may be told without what these sources said; with `rules`, also without what a rule that looked at it would
        tell by its name, its findings and its chance, and where it points; with `model`, without words that may name it.
        """
        seen = tuple(one for one in self.seen if one.source not in unseen)
        if not rules and not model:
            return self.model_copy(update={"seen": seen})
        name = "name hidden" if self.rule else ""
        untold = dict.fromkeys(("rule_uuid", "revision", *(("probability", "run") if rules else ())))
        return self.model_copy(update={"seen": seen, "rule": name, "filter": "", "why": (), **untold})

    def document(self) -> dict[str, Any]:
        """The JSON that an item keeps."""
        return self.model_dump(mode="json", exclude_defaults=True)


def read(document: Mapping[str, Any]) -> Reason:
    """The reason kept on an item; unknown fields of later versions are passed over, and earlier ones read as they are now."""
    reason = Reason.model_validate(document)
    if reason.origin is Origin.RULE and reason.why and not reason.filter:  # of a rule, that was its filter
        return reason.model_copy(update={"filter": reason.why[0], "why": reason.why[1:]})
    return reason
