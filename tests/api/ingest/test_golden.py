"""Requests recorded from real libraries come out as they should, field by field, through HTTP and the REST interface."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from annotation.models import ApiKey
from tests.fixtures.payloads import expected, recordings
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db

COVERED = ["openinference-openai", "otel-genai-openai", "traceloop-legacy", "vercel-ai-sdk-5"]

#: What the mapping adds to metadata of its own accord, which the expectations do not list.
OUR_METADATA = frozenset({"release", "environment", "trace_name"})

#: Whose expectations leave out tags and outputs of traces that have some; elsewhere what is not named must not be there.
SILENT = frozenset({"vercel-ai-sdk-5"})


def post_all(library: str, people: People, *, backwards: bool = False) -> None:
    client = Client()
    token = people.token(ApiKey.Scope.INGEST)
    sent = [recording for recording in recordings(library) if recording.path in ("/v1/traces", "/v1/logs")]
    for recording in reversed(sent) if backwards else sent:
        headers = {key: value for key, value in recording.headers.items() if key != "content-type"}
        answer = client.post(
            recording.path,
            recording.body,
            content_type=recording.headers["content-type"],
            headers={**headers, "x-api-key": token},
        )
        assert answer.status_code == 200, answer.content
        assert answer.content in (b"", b"{}")


def shown(people: People, trace_id: str) -> dict[str, Any]:
    answer = people.api(ApiKey.Scope.READ).get(f"/api/v1/traces/{UUID(trace_id)}")
    assert answer.status_code == 200
    result: dict[str, Any] = answer.json()
    return result


def tree_of(runs: list[dict[str, Any]], parent: str | None = None) -> list[dict[str, Any]]:
    nodes = []
    for run in runs:
        if run["parent_external_id"] == parent:
            node = {"name": run["name"], "run_type": run["type"]}
            children = tree_of(runs, run["external_id"])
            nodes.append(node | ({"children": children} if children else {}))
    return nodes


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("library", COVERED)
def test_recorded_traces_are_as_expected(people: People, library: str, *, backwards: bool) -> None:
    wanted = expected(library)
    post_all(library, people, backwards=backwards)
    assert {trace["project"] for trace in people.api("read").get("/api/v1/traces").json()["results"]} == {
        wanted.get("project", wanted["services"][0])
    }
    for trace in wanted["traces"]:
        check_trace(shown(people, trace["trace_id"]), trace, library=library)
    for judged in wanted.get("feedback", []):
        check_feedback(shown(people, judged["attach_to"]["trace_id"]), judged)


def check_feedback(got: dict[str, Any], judged: dict[str, Any]) -> None:
    run = next(run for run in got["runs"] if run["external_id"] == judged["attach_to"]["span_id"])
    assert run["name"] == judged["attach_to"]["name"]
    given = [feedback for feedback in got["feedback"] if feedback["run_external_id"] == run["external_id"]]
    assert [(one["key"], one["score"], one["value"], one["comment"]) for one in given] == [
        (judged["name"], judged["score"], judged["label"], judged["explanation"])
    ]


def check_trace(got: dict[str, Any], trace: dict[str, Any], *, library: str) -> None:
    assert tree_of(got["runs"]) == trace["tree"]
    assert {
        "input": got["input_tokens"], "output": got["output_tokens"], "total": got["total_tokens"]
    } == trace["tokens_total"]  # fmt: skip
    assert got["status"] == trace["root_status"]
    if "final_output_text" in trace or library not in SILENT:
        assert got["output"] == trace.get("final_output_text")
    if "trace_name" in trace:
        assert got["name"] == trace["trace_name"]
    assert (got["thread_id"], got["user_id"]) == (trace["thread_id"], trace["user_id"])
    if "tags" in trace or library not in SILENT:
        assert got["tags"] == trace.get("tags", [])
    said = {name: value for name, value in got["metadata"].items() if name not in OUR_METADATA}
    assert said == trace.get("metadata_contains", {})
    assert len(got["runs"]) == trace["run_count"]
    assert [run["external_id"] for run in got["runs"] if run["status"] == "error"] == trace.get("error_runs", [])
    runs = {run["external_id"]: run for run in got["runs"]}
    for run in trace["runs"]:
        check_run(runs[run["span_id"]], run)


def check_run(got: dict[str, Any], run: dict[str, Any]) -> None:
    assert got["parent_external_id"] == run["parent_span_id"]
    assert (got["name"], got["type"], got["status"]) == (run["name"], run["run_type"], run["status"])
    for field in ("model", "model_requested", "response_id", "input_text", "output_text"):
        if field in run:
            assert got[field] == run[field], field
    if "provider" in run:
        assert got["provider"] == run["provider"].lower()
    if "output_json" in run:
        assert json.loads(got["output_text"]) == run["output_json"]
    check_tokens(got, run)
    check_tools(got, run)
    if "error_contains" in run:
        assert run["error_contains"] in got["error"]["message"]
    if "documents" in run:
        assert [document["content"] for document in got["documents"]] == run["documents"]
    if "input_messages_sent" in run:
        sent = run["input_messages_sent"]
        messages = got["messages"][: sent["count"]]
        assert [message["role"] for message in messages] == sent["roles"]
        assert sent["last_user_text"] == [m for m in messages if m["role"] == "user"][-1]["parts"][0]["text"]


def check_tokens(got: dict[str, Any], run: dict[str, Any]) -> None:
    if "tokens" not in run:
        return
    wanted = run["tokens"] or {"input": None, "output": None, "total": None}
    assert (got["input_tokens"], got["output_tokens"], got["total_tokens"]) == (
        wanted["input"], wanted["output"], wanted["total"]
    )  # fmt: skip


def check_tools(got: dict[str, Any], run: dict[str, Any]) -> None:
    if "tool" in run:
        tool = run["tool"]
        assert got["tool"] == {"name": tool["name"], "arguments": tool["args"], "result": tool.get("result")}
    if "tool_calls" in run:
        assert [{"name": call["name"], "args": call["arguments"]} for call in got["tool_calls"]] == run["tool_calls"]
