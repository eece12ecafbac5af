"""Which runs a request of the SDKs asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from annotation.api.langsmith import wire
from annotation.api.langsmith.errors import Invalid, Refusal
from annotation.domain.traces import langsmith
from annotation.domain.traces.filters.errors import FilterError
from annotation.domain.traces.filters.tree import Node, Text
from annotation.domain.traces.matching.bounds import FilterTooSlow
from annotation.domain.traces.run_listing import Wanted

TYPES = {
    "chain": ("chain", "agent", "guardrail", "evaluator", "other"),
    "retriever": ("retriever", "reranker"),
}
"""Types of ours that are shown as another."""


def wanted(body: Mapping[str, Any]) -> Wanted:
    """What a query of version 1 asks for. Raises Invalid, or 400 with the place in a filter."""
    searched = (Text(str(body["query"])),) if body.get("query") else ()
    return Wanted(
        projects=uuids(body, "session"),
        ids=uuids(body, "id"),
        trace=uuid(body, "trace"),
        parent=uuid(body, "parent_run"),
        types=types(body.get("run_type")),
        examples=uuids(body, "reference_example"),
        is_root=truth(body, "is_root"),
        has_error=truth(body, "error"),
        started_from=moment(body, "start_time"),
        started_to=moment(body, "end_time"),
        on_run=(*searched, *filtered(body, "filter")),
        on_root=filtered(body, "trace_filter"),
        in_tree=filtered(body, "tree_filter"),
        now=timezone.now(),
    )


def uuid(body: Mapping[str, Any], name: str) -> UUID | None:
    """A UUID, if the member is there."""
    value = body.get(name)
    return None if value is None else wire.parsed_uuid(value, name)


def uuids(body: Mapping[str, Any], name: str) -> list[UUID]:
    """A list of UUIDs, or one."""
    value = body.get(name)
    if value is None:
        return []
    return [wire.parsed_uuid(one, name) for one in (value if isinstance(value, list) else [value])]


def truth(body: Mapping[str, Any], name: str) -> bool | None:
    """True or false, if the member is there."""
    value = body.get(name)
    return None if value is None else wire.parsed_bool(value, name)


def moment(body: Mapping[str, Any], name: str) -> Any:
    """A time, if the member is there."""
    value = body.get(name)
    return None if value is None else wire.parsed_time(value, name)


def types(value: Any) -> tuple[str, ...]:
    """Our types for one of the protocol's, in whatever case."""
    if value is None:
        return ()
    word = str(value).lower()
    return TYPES.get(word, (word,))


def filtered(body: Mapping[str, Any], name: str) -> tuple[Node, ...]:
    """The filter in a member, if it is there and not empty."""
    value = body.get(name)
    if value is None or value == "":
        return ()
    if not isinstance(value, str):
        raise Invalid(f"{name} has to be a text.")
    try:
        return (langsmith.translate(value),)
    except FilterError as problem:
        raise bad_filter(name, problem) from problem


def bad_filter(name: str, problem: FilterError) -> Refusal:
    """400 with the place in the filter and what to write there; of one that took too long, how to narrow the query."""
    if isinstance(problem, FilterTooSlow):
        return Refusal(
            400, f"{problem.message} Narrow the query: name a project, and a start_time near what you look for."
        )
    return Refusal(400, f"{name}, at character {problem.position + 1}: {problem}")
