"""Runs, traces and conversations in version 2, asked for by the published SDK's own words."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from annotation.models import ApiKey, Feedback, Project
from tests.api.langsmith.runs.sending import CHILD, OTHER, ROOT, T0, T1, T2, USAGE, post, run, send_parts
from tests.factories.datasets import DatasetFactory
from tests.fixtures.people import People

Scope = ApiKey.Scope
SINCE = "2026-01-01T00:00:00Z"


@pytest.fixture
def client(people: People) -> Client:
    return people.api(Scope.INGEST, Scope.READ)


@pytest.fixture
def project(client: Client, people: People) -> str:
    """Two turns of one conversation, one with a model call, and one trace of no conversation; the project's id."""
    extra = {"metadata": {"thread_id": "a/b"}}
    posted = [
        run(session_name="booking", extra=extra, end_time=T2, outputs={"a": "ho"}),
        run(CHILD, trace_id=ROOT, parent_run_id=ROOT, name="call", run_type="llm", start_time=T1, end_time=T2,
            outputs={"usage_metadata": USAGE}, session_name="booking"),
        run(OTHER, name="later", session_name="booking", start_time=T2, end_time="2026-03-02T09:30:03.5Z", extra=extra,
            error="it broke", outputs={"a": "no"}),
        run("018f6b0a-7d3a-7c11-8e5b-000000000009", name="alone", session_name="booking"),
    ]  # fmt: skip
    assert post(client, "/runs/batch", {"post": posted}).status_code == 202
    return str(Project.objects.get(name="booking", workspace=people.workspace).uuid)


def asked(client: Client, address: str, body: dict[str, Any]) -> Any:
    answer = client.post(f"/api/v2/{address}", json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content, parse_float=Decimal)


def got(client: Client, address: str, **query: Any) -> Any:
    answer = client.get(f"/api/v2/{address}", query)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content, parse_float=Decimal)


def test_only_what_is_selected_comes_and_amounts_are_exact(client: Client, project: str) -> None:
    query = {"project_ids": [project], "min_start_time": SINCE, "run_type": "LLM"}
    assert asked(client, "runs/query", query) == {"items": [{"id": CHILD}], "next_cursor": None}
    names = ["NAME", "RUN_TYPE", "STATUS", "TOTAL_COST", "PROMPT_TOKEN_DETAILS", "LATENCY_SECONDS", "PROJECT_ID", "IS_ROOT",
             "PARENT_RUN_IDS", "THREAD_ID", "START_TIME"]  # fmt: skip
    assert asked(client, "runs/query", {**query, "selects": names})["items"] == [
        {
            "id": CHILD, "name": "call", "run_type": "LLM", "status": "SUCCESS", "total_cost": Decimal("0.0000036125"),
            "prompt_token_details": {"raw": {"cache_read": 4}}, "latency_seconds": Decimal("1.499998"),
            "project_id": project, "is_root": False, "parent_run_ids": [ROOT], "thread_id": "a/b", "start_time": T1,
        }
    ]  # fmt: skip


def test_the_last_day_is_what_is_looked_at_unless_something_is_named(client: Client, project: str) -> None:
    assert asked(client, "runs/query", {"project_ids": [project]})["items"] == []
    assert asked(client, "runs/query", {"project_ids": [project], "ids": [CHILD]})["items"] == [{"id": CHILD}]
    assert len(asked(client, "runs/query", {"project_ids": [project], "trace_id": ROOT})["items"]) == 2


def test_pages_of_runs_meet(client: Client, project: str) -> None:
    query = {"project_ids": [project], "min_start_time": SINCE, "page_size": 3}
    first = asked(client, "runs/query", query)
    second = asked(client, "runs/query", {**query, "cursor": first["next_cursor"]})
    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (3, 1, None)
    assert len({one["id"] for one in first["items"] + second["items"]}) == 4


def test_one_run_is_read_with_its_project(client: Client, project: str, people: People) -> None:
    send_parts(client, [(f"attachment.{ROOT}.a", "text/plain", b"x")])
    found = got(client, f"runs/{ROOT}", project_id=project, selects=["NAME", "ATTACHMENTS"])
    assert (found["id"], found["name"], list(found["attachments"])) == (ROOT, "agent", ["a"])
    assert got(client, f"runs/{ROOT}/url", project_id=project, trace_id=ROOT) == {
        "url": f"http://testserver/o/{people.workspace.uuid}/projects/p/{project}/r/{ROOT}"
    }
    elsewhere = str(people.other_project.uuid)
    assert client.get(f"/api/v2/runs/{ROOT}", {"project_id": elsewhere}).status_code == 404


def test_traces_come_with_their_root_and_figures(client: Client, project: str) -> None:
    query = {"project_id": project, "min_start_time": SINCE, "selects": ["NAME", "TOTAL_TOKENS"]}
    items = asked(client, "traces/query", {**query, "tree_filter": 'eq(run_type, "llm")'})["items"]
    root = {"id": ROOT, "trace_id": ROOT, "name": "agent", "total_tokens": 17}
    assert items == [{"root_run": root, "trace_aggregates": {"total_tokens": 17}}]
    named = asked(client, "traces/query", {"project_id": project, "trace_ids": [OTHER]})["items"]
    assert [one["root_run"]["id"] for one in named] == [OTHER]
    assert got(client, f"traces/{ROOT}/runs", project_id=project, selects="NAME") == {
        "items": [{"id": ROOT, "name": "agent"}, {"id": CHILD, "name": "call"}]
    }


def test_conversations_are_listed_with_their_figures(client: Client, project: str) -> None:
    items = asked(client, "threads/query", {"project_id": project, "min_start_time": SINCE})["items"]
    assert [one["thread_id"] for one in items] == ["a/b"]
    found = items[0]
    expected = {
        "count": 2, "min_start_time": T0, "max_start_time": "2026-03-02T09:30:02.500000+00:00", "num_errored_turns": 1,
        "total_tokens": 17, "total_cost": Decimal("0.0000036125"), "first_inputs": '{"q":"hi"}', "last_error": "it broke",
        "first_trace_id": ROOT, "last_trace_id": OTHER,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    narrowed = {"project_id": project, "min_start_time": SINCE, "filter": 'eq(name, "nobody")'}
    assert asked(client, "threads/query", narrowed)["items"] == []


def test_pages_of_conversations_meet(client: Client, people: People) -> None:
    for number in range(5):
        identifier = f"018f6b0a-7d3a-7c11-8e5b-00000000001{number}"
        post(client, "/runs", run(identifier, session_name="talks", extra={"metadata": {"thread_id": f"t{number}"}}))
    project = str(Project.objects.get(name="talks").uuid)
    found, cursor = [], None
    for _ in range(3):
        query = {"project_id": project, "min_start_time": SINCE, "page_size": 2, "cursor": cursor}
        page = asked(client, "threads/query", query)
        found += [one["thread_id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert (found, cursor) == (["t0", "t1", "t2", "t3", "t4"], None)


def test_the_turns_and_figures_of_one_conversation(client: Client, project: str, people: People) -> None:
    turns = got(client, "threads/a%2Fb/traces", project_id=project, selects=["NAME", "TURN_NUMBER", "ERROR"])["items"]
    assert [(one["turn_number"], one["name"], one["trace_id"]) for one in turns] == [
        (1, "agent", ROOT),
        (2, "later", OTHER),
    ]
    Feedback.objects.create(
        workspace=people.workspace, target="run", run_uuid=ROOT, trace_uuid=ROOT, key="q", score=1, source="api",
        project=Project.objects.get(uuid=project),
    )  # fmt: skip
    asked_for = ["TURNS", "TOTAL_TOKENS", "LATENCY_P50", "TOTAL_COST", "FEEDBACK_STATS"]
    found = got(client, "threads/a%2Fb/stats", session_id=project, selects=asked_for)
    assert found.pop("feedback_stats")["q"]["avg"] == 1
    assert found == {
        "turns": 2, "total_tokens": 17, "latency_p50_seconds": Decimal("1.7499995"), "total_cost": Decimal("0.0000036125")
    }  # fmt: skip


def test_figures_of_all_conversations_and_of_a_query(client: Client, project: str) -> None:
    select = ["THREAD_COUNT", "TRACE_COUNT", "ERROR_RATE", "TOTAL_TOKENS"]
    found = asked(client, "threads/stats", {"project_id": project, "min_start_time": SINCE, "select": select})
    assert found == {"thread_count": 1, "trace_count": 2, "error_rate": Decimal("0.5"), "total_tokens": 17}
    answer = post(client, "/runs/stats", {"session": [project], "filter": 'eq(run_type, "llm")'}).json()
    assert (answer["run_count"], answer["total_tokens"], answer["total_cost"]) == (1, 17, "0.0000036125")
    assert (answer["latency_p50"], answer["error_rate"]) == (1.499998, 0)


def streamed(client: Client, address: str, body: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The events of a page that comes as a stream, as the SDK reads them."""
    headers = {"accept": "text/event-stream"}
    answer = client.post(f"/api/v2/{address}", json.dumps(body), content_type="application/json", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
    lines = answer.getvalue().decode().split("\n")
    kinds = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert kinds == ["data"] * (len(kinds) - 1) + ["end"]
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")][:-1]


def test_a_stream_makes_up_the_page_that_is_answered_without_one(client: Client, project: str) -> None:
    base = {"min_start_time": SINCE, "page_size": 2}
    for address, named in (
        ("runs/query", {"project_ids": [project], "selects": ["NAME"]}),
        ("traces/query", {"project_id": project, "selects": ["NAME", "TOTAL_TOKENS"]}),
        ("threads/query", {"project_id": project}),
    ):
        page = client.post(f"/api/v2/{address}", json.dumps(base | named), content_type="application/json").json()
        [whole], *rows, [last] = streamed(client, address, base | named)
        assert whole == {"op": "add", "path": "", "value": {"items": [], "next_cursor": None}}
        assert {one["path"] for event in rows for one in event} == {"/items/-"}
        assert [one["value"] for event in rows for one in event] == page["items"] != []
        assert last == {"op": "add", "path": "/next_cursor", "value": page["next_cursor"]}
    refused = client.post(
        "/api/v2/runs/query", "{}", content_type="application/json", headers={"accept": "text/event-stream"}
    )
    assert (refused.status_code, list(refused.json())) == (400, ["detail"])


def test_runs_of_a_dataset_are_those_of_its_experiments(client: Client, project: str, people: People) -> None:
    dataset, other = (
        DatasetFactory.create(workspace=people.workspace),
        DatasetFactory.create(workspace=people.elsewhere),
    )
    Project.objects.filter(uuid=project).update(reference_dataset=dataset, created_at=SINCE)
    query = {"reference_dataset_id": str(dataset.uuid), "run_type": "LLM"}
    assert asked(client, "runs/query", query)["items"] == [{"id": CHILD}]
    assert asked(client, "runs/query", query | {"reference_dataset_id": str(other.uuid)})["items"] == []
    both = client.post(
        "/api/v2/runs/query", json.dumps(query | {"project_ids": [project]}), content_type="application/json"
    )
    assert both.status_code == 400


@pytest.mark.parametrize(
    ("address", "body", "status", "why"),
    [
        (
            "runs/query",
            {"project_ids": [ROOT], "min_feedback_modified_at": SINCE},
            501,
            "min_feedback_modified_at is not",
        ),
        ("traces/query", {"project_id": ROOT, "sem_filter": "angry"}, 501, "sem_filter is not supported"),
        ("runs/query", {}, 400, "project_ids has to name"),
        ("runs/query", {"project_ids": [ROOT], "selects": ["NAMES"]}, 400, "there is no property NAMES"),
        (
            "runs/query",
            {"project_ids": [ROOT], "page_size": 1001},
            400,
            "page_size has to be a whole number from 1 to 1000",
        ),
        ("traces/query", {"project_id": ROOT, "trace_filter": "eq(x, 1)"}, 400, "no field `x`"),
        ("threads/query", {"project_id": ROOT, "cursor": "x"}, 400, "This cursor does not belong"),
        ("threads/query", {"project_id": ROOT, "thread_filter": "x"}, 501, "thread_filter is not supported"),
        ("threads/stats", {"project_id": ROOT}, 400, "select has to name"),
    ],
)
def test_what_cannot_be_answered_is_refused(client: Client, address: str, body: Any, status: int, why: str) -> None:
    answer = client.post(f"/api/v2/{address}", json.dumps(body), content_type="application/json")
    assert (answer.status_code, why in answer.json()["detail"]) == (status, True)


def test_a_project_that_is_not_the_callers_is_empty(client: Client, project: str, people: People) -> None:
    confined = people.api(Scope.READ, project=Project.objects.create(workspace=people.workspace, name="x", slug="x"))
    body = {"project_ids": [project], "min_start_time": SINCE}
    assert asked(confined, "runs/query", body)["items"] == []
    named = {"project_id": project, "min_start_time": SINCE}
    assert asked(confined, "threads/query", named)["items"] == asked(confined, "traces/query", named)["items"] == []
