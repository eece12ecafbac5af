"""The properties of runs by their names in version 2, out of those of version 1."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpRequest
from rest_framework.request import Request

from annotation.api.langsmith import wire
from annotation.api.langsmith.errors import Refusal
from annotation.api.langsmith.runs.shown import FIELDS, columns, shown
from annotation.domain.access import Actor
from annotation.models import Run

Change = Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _upper(value: str) -> str:
    return value.upper()


def amount(value: Decimal | None) -> Any:
    """A number with all its digits."""
    return None if value is None else orjson.Fragment(wire.decimal(value).encode())


def _amounts(value: Mapping[str, Decimal]) -> Any:
    return {"raw": {key: amount(one) for key, one in value.items()}} if value else None


def _raw(value: Mapping[str, Any]) -> Any:
    return {"raw": value} if value else None


def _urls(value: Mapping[str, Mapping[str, Any]]) -> Any:
    return {name.removeprefix("attachment."): one["presigned_url"] for name, one in value.items()}


_RENAMED: Mapping[str, tuple[str, Change]] = {
    "RUN_TYPE": ("run_type", _upper),
    "STATUS": ("status", _upper),
    "LATENCY_SECONDS": ("latency", _same),
    "LATENCY": ("latency", _same),
    "MANIFEST": ("serialized", _same),
    "PROJECT_ID": ("session_id", _same),
    "TOTAL_COST": ("total_cost", amount),
    "PROMPT_COST": ("prompt_cost", amount),
    "COMPLETION_COST": ("completion_cost", amount),
    "PROMPT_TOKEN_DETAILS": ("prompt_token_details", _raw),
    "COMPLETION_TOKEN_DETAILS": ("completion_token_details", _raw),
    "PROMPT_COST_DETAILS": ("prompt_cost_details", _amounts),
    "COMPLETION_COST_DETAILS": ("completion_cost_details", _amounts),
    "ATTACHMENTS": ("s3_urls", _urls),
    "IS_IN_DATASET": ("in_dataset", _same),
}
_NOT_HERE = frozenset({"THREAD_EVALUATION_TIME", "LS_USER_ID", "OP"})
_PLAIN = frozenset(name.upper() for name in FIELDS)


def selected(names: Collection[Any]) -> list[str]:
    """The names that are known, in upper case, each once. Raises 400 for others."""
    asked = [str(name).upper() for name in names]
    for name in asked:
        if name not in _RENAMED and name not in _PLAIN and name not in _NOT_HERE:
            raise Refusal(400, f"selects: there is no property {name}.")
    return list(dict.fromkeys(name for name in asked if name not in _NOT_HERE))


def from_query(request: Request, name: str = "selects") -> list[str]:
    """The names in a query string: repeated, or joined by commas."""
    listed = [*wire.texts(request, name), *wire.texts(request, f"{name}[]")]
    return selected([part for one in listed for part in one.split(",") if part])


def needed(names: Collection[str]) -> list[str]:
    """The columns that the properties need."""
    return columns([_source(name)[0] for name in names])


def _source(name: str) -> tuple[str, Change]:
    return _RENAMED.get(name) or (name.lower(), _same)


def written(runs: Sequence[Run], names: Sequence[str], *, actor: Actor, request: HttpRequest) -> list[dict[str, Any]]:
    """The runs with their id and these properties."""
    fields = list(dict.fromkeys(["id", *(_source(name)[0] for name in names)]))
    return [renamed(row, names) for row in shown(runs, fields, actor=actor, request=request)]


def renamed(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The id and these properties, as far as their fields are in the row of version 1."""
    sources = {name.lower(): _source(name) for name in names}
    found = {name: change(row[field]) for name, (field, change) in sources.items() if field in row}
    return {"id": row["id"], **found}
