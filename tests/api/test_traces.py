"""Traces and projects over the REST interface: the contract that programs rely on."""

from typing import Any
from uuid import UUID

import pytest

from tests.domain.ingest.test_store import SPANS, key_of, send
from tests.fixtures.people import People
from tests.fixtures.spans import START, TRACE, call, span

pytestmark = pytest.mark.django_db

TRACE_FIELDS = [
    "id", "project", "name", "status", "error", "started_at", "ended_at", "latency_ms", "thread_id", "user_id", "tags",
    "metadata", "input", "output", "input_tokens", "output_tokens", "total_tokens", "cost", "models", "verdict",
]  # fmt: skip
RUN_FIELDS = [
    "id", "external_id", "parent_id", "parent_external_id", "name", "type", "status", "error", "started_at", "ended_at",
    "latency_ms", "provider", "model", "model_requested", "response_id", "inputs", "outputs", "messages", "input_text",
    "output_text", "tool", "tool_calls", "documents", "input_tokens", "output_tokens", "total_tokens", "cost",
    "cost_source", "attributes",
]  # fmt: skip
FEEDBACK_FIELDS = [
    "id", "key", "score", "value", "comment", "correction", "source", "run_external_id", "trace_id", "thread_id",
    "metadata", "created_at",
]  # fmt: skip


def test_one_trace_has_the_fields_of_the_contract(people: People) -> None:
    send(key_of(people), *reversed(SPANS), span(5, parent=4, status=2, message="broke"), service_name="shop")
    feedback = {"key": "note", "comment": "hm", "trace_id": TRACE.hex()}
    people.api("ingest").post("/api/v1/feedback", feedback, content_type="application/json")
    shown = people.api("read").get(f"/api/v1/traces/{TRACE.hex()}").json()
    assert list(shown) == [*TRACE_FIELDS, "runs", "feedback", "queues"]
    assert shown["id"] == str(UUID(bytes=TRACE))
    assert [list(run) for run in shown["runs"]] == [RUN_FIELDS] * 5
    assert [run["name"] for run in shown["runs"]] == ["agent", "span 2", "span 3", "span 4", "span 5"]
    assert [list(one) for one in shown["feedback"]] == [FEEDBACK_FIELDS]
    root, *_, last = shown["runs"]
    assert {root[name] for name in ("parent_id", "error", "provider", "cost", "tool", "output_text")} == {None}
    assert root["tool_calls"] == root["documents"] == root["messages"] == []
    assert last["error"] == {"type": None, "message": "broke", "stack": None}
    assert last["parent_id"] == shown["runs"][3]["id"]


def test_of_runs_that_begin_at_once_the_caller_stands_first(people: People) -> None:
    spans = [span(4, parent=3), span(3, parent=2), span(5), span(2, parent=1), span(1)]
    for one in spans[:2] + spans[3:]:
        one.start_time_unix_nano = START
    for one in spans:  # as exporters send them: what ends first comes first
        send(key_of(people), one)
    shown = people.api("read").get(f"/api/v1/traces/{TRACE.hex()}").json()
    assert [run["name"] for run in shown["runs"]] == ["span 1", "span 2", "span 3", "span 4", "span 5"]


def test_unknown_traces_and_those_of_others_are_not_found(people: People) -> None:
    send(key_of(people), span(1))
    outsider = people.client(people.outsider)
    for identifier in (UUID(bytes=TRACE), "nonsense", UUID(int=1)):
        assert outsider.get(f"/api/v1/traces/{identifier}").status_code == 404
    assert people.api("read").get(f"/api/v1/traces/{UUID(int=1)}").status_code == 404
    assert people.api("ingest").get(f"/api/v1/traces/{TRACE.hex()}").status_code == 403


def test_a_list_by_filter_and_cursor(people: People) -> None:
    key, read = key_of(people), people.api("read")
    for number in range(1, 5):
        one = span(number, trace=number.to_bytes(16), name=f"trace {number}", status=2 if number % 2 else 0)
        send(key, one, service_name="shop")
    page = read.get("/api/v1/traces", {"limit": "3"}).json()
    assert [list(row) for row in page["results"]] == [TRACE_FIELDS] * 3
    rest = read.get("/api/v1/traces", {"cursor": page["next_cursor"]}).json()
    assert [row["name"] for row in page["results"] + rest["results"]] == [f"trace {n}" for n in (4, 3, 2, 1)]
    assert rest["next_cursor"] is None
    failed = read.get("/api/v1/traces", {"filter": "status = error"}).json()["results"]
    assert [row["name"] for row in failed] == ["trace 3", "trace 1"]
    refused = read.get("/api/v1/traces", {"filter": "status = = error"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_filter")
    assert (refused.json()["error"]["position"], bool(refused.json()["error"]["hint"])) == (9, True)
    assert read.get("/api/v1/traces", {"cursor": "nonsense"}).status_code == 400
    assert len(read.get("/api/v1/traces", {"project": "shop", "filter": "status is error"}).json()["results"]) == 2
    assert read.get("/api/v1/traces", {"project": "another"}).json()["results"] == []


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_rows(people: People, django_assert_num_queries: Any, count: int) -> None:
    key, read = key_of(people), people.api("read")
    for number in range(1, count + 1):
        trace = number.to_bytes(16)
        send(key, span(1, trace=trace), *(call(n, parent=1, trace=trace) for n in range(2, count + 2)))
    read.get("/api/v1/me")
    with django_assert_num_queries(6):
        assert len(read.get("/api/v1/traces").json()["results"]) == count
    with django_assert_num_queries(5):
        assert len(read.get(f"/api/v1/traces/{(1).to_bytes(16).hex()}").json()["runs"]) == count + 1


def test_projects_and_what_is_in_them(people: People) -> None:
    key, read = key_of(people), people.api("read")
    send(key, *SPANS, service_name="shop / EU")
    send(key, span(1, trace=(9).to_bytes(16)), service_name="shop / EU")
    assert [row["name"] for row in read.get("/api/v1/projects").json()["results"]] == ["booking", "shop / EU"]
    for name in ("shop / EU", "shop-eu"):
        shown = read.get(f"/api/v1/projects/{name}").json()
        assert (shown["name"], shown["slug"], shown["trace_count"], shown["run_count"]) == (
            "shop / EU",
            "shop-eu",
            2,
            5,
        )
    assert read.get("/api/v1/projects/none").status_code == 404
    bound = people.api("read", project=people.project)
    assert [row["name"] for row in bound.get("/api/v1/projects").json()["results"]] == ["booking"]
