"""When a question is asked, or needs an answer: by what was answered to an earlier one; and of which steps. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

MOST_VALUES = 20


class Condition(BaseModel):
    """Met when the answer to `question` is, or has among it, one of `any_of`; with none named, when there is an answer.

    Numbers stand as text: 2, 2.5.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    question: str = Field(max_length=120)
    any_of: tuple[str, ...] = Field(default=(), max_length=MOST_VALUES)

    def is_met(self, answers: Mapping[str, Any]) -> bool:
        """By answers in their stored form; one that is not there meets nothing."""
        answer = answers.get(self.question)
        if answer is None:
            return False
        given = answer if isinstance(answer, list) else [answer]
        return not self.any_of or any(_as_text(one) in self.any_of for one in given)


class Steps(BaseModel):
    """Of which steps something is asked: runs of a type, and of a name where one is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str = Field(pattern=r"^[a-z]{1,12}$")
    name: str = Field(default="", max_length=200)

    def has(self, type_: str, name: str) -> bool:
        """Whether a run of this type and name is one of them."""
        return type_ == self.type and self.name in ("", name)


def _as_text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
