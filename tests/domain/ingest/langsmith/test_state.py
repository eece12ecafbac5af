"""Putting messages together, and keeping what they said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from django.db.models import JSONField
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.ingest import rows
from annotation.domain.ingest.langsmith import mapping
from annotation.domain.ingest.langsmith.state import RunState, UnusableRunError, after, read
from annotation.models import Run
from tests.domain.ingest.langsmith.strategies import RUN, TRACE, messages

JSON_COLUMNS = {field.name for field in Run._meta.concrete_fields if isinstance(field, JSONField)}
NOW = 1_772_443_800_000_000_000


def state_of(listed: Sequence[tuple[dict[str, Any], bool]]) -> RunState:
    """What is known after messages."""
    known: RunState | None = None
    for body, is_post in listed:
        known = after(known, read(body, is_post=is_post))
    assert known is not None
    return known


def _through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def kept(state: RunState) -> RunState:
    """The state as the database gives it back."""
    record = mapping.to_record(state, trace_id=UUID(TRACE), received_ns=NOW)
    row = rows.run_row(record, workspace_id=1, trace_pk=1)
    columns = {name: _through_json(value) if name in JSON_COLUMNS else value for name, value in row.items()}
    run = Run(**columns)
    return mapping.to_state(
        run, started_ns=run.start_nano, ended_ns=rows.nanoseconds(run.ended_at), project=state.project or "default"
    )


@given(messages)
def test_what_was_said_comes_back_from_the_row(body: dict[str, Any]) -> None:
    state = read(body, is_post=True).said
    back = kept(state)
    # An empty list, object or text says as little as none.
    assert replace(back, trace_id=state.trace_id) == replace(
        state,
        events=state.events or None,
        tags=state.tags or None,
        serialized=state.serialized or None,
        error=state.error or None,
        extra={name: part for name, part in state.extra.items() if part != {} or name not in ("metadata", "runtime")},
    )


@given(messages, messages)
def test_the_order_of_begin_and_end_does_not_matter(begin: dict[str, Any], end: dict[str, Any]) -> None:
    one = state_of([(begin, True), (end, False)])
    assert state_of([(end, False), (begin, True)]) == one
    assert state_of([(begin, True), (end, False), (begin, True)]) == one
    assert state_of([(begin, True), (end, False), (end, False)]) == one


@given(st.lists(messages, min_size=1, max_size=3))
def test_through_the_database_it_is_the_same(changes: list[dict[str, Any]]) -> None:
    known: RunState | None = None
    for body in changes:
        known = after(kept(known) if known else None, read(body, is_post=False))
    direct = state_of([(body, False) for body in changes])
    assert known is not None
    assert (known.name, known.inputs, known.outputs, known.started_ns) == (
        direct.name, direct.inputs, direct.outputs, direct.started_ns
    )  # fmt: skip


def test_metadata_are_put_together_key_by_key() -> None:
    listed = [
        ({"id": RUN, "extra": {"metadata": {"a": 1, "b": 1}, "runtime": {"sdk": "x"}}}, True),
        ({"id": RUN, "extra": {"metadata": {"b": 2, "c": 2}}}, False),
    ]
    for order in permutations(listed):
        assert state_of(order).extra == {"metadata": {"a": 1, "b": 2, "c": 2}, "runtime": {"sdk": "x"}}


def test_the_dotted_order_tells_trace_parent_and_start() -> None:
    body = {"id": RUN, "dotted_order": f"20260302T093000000001Z{TRACE}.20260302T093001000002Z{RUN}"}
    said = read(body, is_post=False).said
    assert (said.trace_id, said.parent_id) == (UUID(TRACE), UUID(TRACE))
    assert said.started_ns == 1_772_443_801_000_002_000


def test_a_dotted_order_of_another_run_is_not_believed() -> None:
    said = read({"id": RUN, "dotted_order": f"20260302T093000000001Z{TRACE}"}, is_post=True).said
    assert (said.trace_id, said.dotted_order) == (None, None)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"id": None}, "needs an id"),
        ({"id": "x"}, "id has to be a UUID"),
        ({"run_type": "agent"}, "run_type has to be one of chain, embedding, llm"),
        ({"start_time": "soon"}, "start_time has to be a time"),
        ({"start_time": "0001-01-01"}, "start_time has to be a time"),
        ({"extra": []}, "extra has to be an object"),
        ({"tags": "a"}, "tags has to be a list"),
        ({"name": 4}, "name has to be a text"),
        ({"parent_run_id": RUN}, "its own parent"),
    ],
)
def test_what_can_never_be_taken_is_refused_by_name(change: dict[str, Any], why: str) -> None:
    with pytest.raises(UnusableRunError, match=why):
        read({"id": RUN, **change}, is_post=True)


@pytest.mark.parametrize("value", [1_772_443_800_000, 1_772_443_800, 1_772_443_800.0, "2026-03-02T09:30:00Z"])
def test_times_of_all_clients_mean_the_same(value: object) -> None:
    assert read({"id": RUN, "start_time": value}, is_post=True).said.started_ns == NOW
