"""What an answer must or must not do, one sentence each: how reviewers say it, and what of it stands in a dataset row.

A row has them as `{"must": ["…"], "must_not": ["…"]}`, under `assertions` in its metadata; where the review corrects
nothing, they stand in for the correction, and the row's outputs are `{"assertions": {…}}`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from annotation.domain.queues.rubric import QuestionKind, Rubric

LONGEST = 500
MOST = 30


class Side(StrEnum):
    """What an assertion asks of an answer."""

    MUST = "must"
    MUST_NOT = "must_not"


class Assertion(BaseModel):
    """One sentence about what an answer must or must not do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    side: Side
    text: str = Field(max_length=LONGEST)


_ASSERTIONS: TypeAdapter[list[Assertion]] = TypeAdapter(list[Assertion])


def read(value: JsonValue) -> list[Assertion]:
    """The assertions of an answer, each once, blank ones left out. Raises ValueError with words for people."""
    try:
        found = _ASSERTIONS.validate_python(value)
    except ValidationError as problem:
        raise ValueError(
            f"takes a list of must and must_not, each a sentence of at most {LONGEST} characters"
        ) from problem
    tidy = (one.model_copy(update={"text": " ".join(one.text.split())}) for one in found)
    kept = list(dict.fromkeys(one for one in tidy if one.text))
    if len(kept) > MOST:
        raise ValueError(f"takes at most {MOST} sentences")
    return kept


def document(assertions: Iterable[Assertion]) -> list[JsonValue]:
    """The stored form of an answer: `[{"side": "must", "text": "…"}]`."""
    return [one.model_dump(mode="json") for one in assertions]


def of_answers(rubric: Rubric, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """All assertions of a review as a dataset row has them; empty where nothing was asserted."""
    keys = [question.key for question in rubric.questions if question.kind is QuestionKind.ASSERTIONS]
    said = [one for key in keys for one in read(answers.get(key, []))]
    if not said:
        return {}
    return {side.value: [one.text for one in said if one.side is side] for side in Side}
