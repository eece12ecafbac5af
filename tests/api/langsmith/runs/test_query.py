"""Reading runs back: what was sent, exactly; filters, pages, and who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from annotation.api.langsmith.runs import asking
from annotation.domain.traces.matching.bounds import FilterTooSlow
from annotation.models import ApiKey, Feedback, Project, Run
from tests.api.langsmith.runs.sending import CHILD, OTHER, ROOT, T1, T2, USAGE, post, run, send_parts
from tests.factories.traces import RunFactory, TraceFactory
from tests.fixtures.people import People


@pytest.fixture
def sent(client: Client) -> None:
    """A trace of three runs, and one of one run in another project."""
    extra = {
        "metadata": {"tier": "gold", "thread_id": "t-1"},
        "runtime": {"sdk": "langsmith-py"},
        "invocation_params": {"temperature": 0},
    }
    child = {"trace_id": ROOT, "parent_run_id": ROOT}
    events = [{"name": "new_token", "time": T1, "kwargs": {"token": "h"}}]
    posted = [
        run(session_name="booking", extra=extra, end_time=T2, outputs={"a": "ho"}, tags=["beta"]),
        run(CHILD, **child, name="call", run_type="llm", start_time=T1, end_time=T2, events=events,
            outputs={"usage_metadata": USAGE}, session_name="booking"),
        run("018f6b0a-7d3a-7c11-8e5b-000000000004", **child, name="look up", run_type="tool", start_time=T1,
            end_time=T2, error="KeyError('x')\n\nTraceback (most recent call last):\n  File x", session_name="booking"),
        run(OTHER, name="elsewhere", session_name="other", start_time="2026-03-01T00:00:00"),
    ]  # fmt: skip
    assert post(client, "/runs/batch", {"post": posted}).status_code == 202


def query(client: Client, **body: Any) -> list[dict[str, Any]]:
    answer = post(client, "/runs/query", body)
    assert answer.status_code == 200, answer.content
    listed: list[dict[str, Any]] = answer.json()["runs"]
    return listed


def names(client: Client, **body: Any) -> list[str]:
    return [one["name"] for one in query(client, select=["name"], **body)]


def read(client: Client, identifier: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/runs/{identifier}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_a_run_comes_back_as_it_was_sent(client: Client, sent: None, people: People) -> None:
    found = read(client, CHILD)
    project = Project.objects.get(name="booking", workspace=people.workspace)
    expected = {
        "id": CHILD, "name": "call", "run_type": "llm", "status": "success", "start_time": T1,
        "end_time": "2026-03-02T09:30:02.500000+00:00", "trace_id": ROOT, "parent_run_id": ROOT, "parent_run_ids": [ROOT],
        "session_id": str(project.uuid), "inputs": {"q": "hi"}, "outputs": {"usage_metadata": USAGE}, "error": None,
        "dotted_order": f"20260302T093000000001Z{ROOT}.20260302T093001000002Z{CHILD}",
        "events": [{"name": "new_token", "time": T1, "kwargs": {"token": "h"}}], "first_token_time": T1,
        "prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17, "prompt_token_details": {"cache_read": 4},
        "prompt_cost": "0.0000036", "completion_cost": "0.0000000125", "total_cost": "0.0000036125",
        "app_path": f"/o/{people.workspace.uuid}/projects/p/{project.uuid}/r/{CHILD}", "feedback_stats": {}, "s3_urls": {},
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected


def test_a_root_tells_what_its_trace_took_and_extra_as_it_was(client: Client, sent: None) -> None:
    found = read(client, ROOT)
    assert (found["total_tokens"], found["total_cost"], found["thread_id"]) == (17, "0.0000036125", "t-1")
    assert found["extra"] == {
        "metadata": {"tier": "gold", "thread_id": "t-1"},
        "runtime": {"sdk": "langsmith-py"},
        "invocation_params": {"temperature": 0},
    }
    error = read(client, "018f6b0a-7d3a-7c11-8e5b-000000000004")
    assert error["error"] == "KeyError('x')\n\nTraceback (most recent call last):\n  File x"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ["look up", "call", "agent", "elsewhere"]),
        ({"is_root": True}, ["agent", "elsewhere"]),
        ({"run_type": "tool"}, ["look up"]),
        ({"error": True}, ["look up"]),
        ({"error": False, "trace": ROOT}, ["call", "agent"]),
        ({"id": [CHILD, OTHER]}, ["call", "elsewhere"]),
        ({"parent_run": ROOT}, ["look up", "call"]),
        ({"start_time": "2026-03-02T00:00:00Z", "is_root": 1}, ["agent"]),
        ({"end_time": "2026-03-02T00:00:00Z"}, ["elsewhere"]),
        ({"order": "asc"}, ["elsewhere", "agent", "call", "look up"]),
        ({"filter": 'and(eq(run_type, "llm"), gte(total_tokens, 17))'}, ["call"]),
        ({"filter": 'and(eq(metadata_key, "tier"), eq(metadata_value, "gold"))'}, ["agent"]),
        ({"filter": 'has(tags, "beta")'}, ["agent"]),
        ({"filter": "neq(error, null)"}, ["look up"]),
        ({"filter": 'gt(latency, "2s")'}, ["agent"]),
        ({"filter": 'search("ho")'}, ["agent"]),
        ({"filter": 'eq(run_type, "llm")', "trace_filter": 'eq(name, "agent")'}, ["call"]),
        ({"filter": 'eq(run_type, "llm")', "trace_filter": 'eq(name, "x")'}, []),
        ({"is_root": True, "tree_filter": 'eq(status, "error")'}, ["agent"]),
        ({"filter": f'in(id, ["{CHILD}", "{OTHER}"])'}, ["call", "elsewhere"]),
    ],
)
def test_queries_find_what_they_ask_for(client: Client, sent: None, body: dict[str, Any], expected: list[str]) -> None:
    assert names(client, **body) == expected


def test_feedback_is_asked_for_and_told(client: Client, sent: None, people: People) -> None:
    root = Run.objects.get(uuid=ROOT)
    common = {"workspace": people.workspace, "project": root.trace.project, "trace_uuid": root.uuid, "source": "api"}
    for score in (1, 0.5):
        Feedback.objects.create(target="run", run_uuid=root.uuid, key="q", score=score, comment=f"c{score}", **common)
    Feedback.objects.create(target="run", run_uuid=CHILD, key="topic", value="flights", **common)
    assert names(client, filter='and(eq(feedback_key, "q"), gt(feedback_score, 0.9))') == ["agent"]
    assert names(client, filter='and(eq(feedback_key, "topic"), eq(feedback_value, "flights"))') == ["call"]
    assert names(client, filter='eq(run_type, "llm")', trace_filter='eq(feedback_key, "q")') == ["call"]
    said = read(client, ROOT)["feedback_stats"]["q"]
    assert (said["n"], said["avg"], said["comments"]) == (2, 0.75, ["c1", "c0.5"])
    assert read(client, CHILD)["feedback_stats"]["topic"]["values"] == {"flights": 1}


def test_pages_meet_without_gap_or_overlap(client: Client, sent: None) -> None:
    for order in ("asc", "desc"):
        whole = names(client, order=order)
        found, cursor = [], None
        while True:
            answer = post(
                client, "/runs/query", {"limit": 1, "order": order, "cursor": cursor, "select": ["name"]}
            ).json()
            found += [one["name"] for one in answer["runs"]]
            cursor = answer["cursors"]["next"]
            if cursor is None:
                break
        assert found == whole


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ({"limit": 101}, 400, "limit has to be a whole number from 1 to 100"),
        ({"filter": "eq(run_tipe, 'x')"}, 400, "filter, at character 4: There is no field `run_tipe`."),
        ({"trace": "x"}, 422, "trace has to be a UUID"),
        ({"start_time": "soon"}, 422, "start_time has to be a time"),
        ({"start_time": "0001-01-01T00:00:00"}, 422, "start_time has to lie between the years"),
        ({"cursor": "x"}, 400, "This cursor does not belong to this list."),
    ],
)
def test_a_query_that_cannot_be_is_refused(client: Client, body: dict[str, Any], status: int, why: str) -> None:
    answer = post(client, "/runs/query", body)
    assert (answer.status_code, why in answer.json()["detail"]) == (status, True)


def test_a_run_that_has_not_come_is_not_found(client: Client) -> None:
    answer = client.get(f"/api/v1/runs/{ROOT}")
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        "There is no run with this id, or it has not come yet.",
    )


def test_a_key_of_one_project_reads_only_that(people: People, client: Client, sent: None) -> None:
    confined = people.api(ApiKey.Scope.READ, project=Project.objects.get(name="other"))
    assert names(confined) == ["elsewhere"]
    assert confined.get(f"/api/v1/runs/{ROOT}").status_code == 404


def test_an_attachment_is_fetched_through_its_link_without_a_key(client: Client, sent: None) -> None:
    send_parts(client, [(f"attachment.{ROOT}.picture", "image/png", b"\x89PNG")])
    told = read(client, ROOT)["s3_urls"]["attachment.picture"]
    assert told["mime_type"] == "image/png"
    answer = Client().get(told["presigned_url"].removeprefix("http://testserver"))
    assert b"".join(answer) == b"\x89PNG"


def test_runs_of_other_senders_are_shown_in_the_protocols_words(client: Client, people: People) -> None:
    trace = TraceFactory(project=people.project, name="t", thread_id="conv")
    root = RunFactory(trace=trace, name="root", type="agent", inputs=["hi"], outputs="ho", parent_uuid=None)
    RunFactory(trace=trace, name="rank", type="reranker", parent_uuid=root.uuid, start_nano=root.start_nano + 1000)
    found = {one["name"]: one for one in query(client)}
    assert (found["root"]["run_type"], found["rank"]["run_type"]) == ("chain", "retriever")
    assert (found["root"]["inputs"], found["root"]["outputs"]) == ({"input": ["hi"]}, {"output": "ho"})
    assert found["rank"]["dotted_order"].startswith(found["root"]["dotted_order"] + ".")
    assert found["rank"]["parent_run_ids"] == [str(root.uuid)]
    assert names(client, run_type="retriever") == ["rank"]


def test_a_query_that_took_too_long_says_how_to_narrow_it_in_this_protocols_words() -> None:
    refusal = asking.bad_filter("filter", FilterTooSlow("This filter takes longer than 5 s.", hint="`time > -24h`"))
    assert refusal.status_code == 400
    assert str(refusal.detail) == (
        "This filter takes longer than 5 s. Narrow the query: name a project, and a start_time near what you look for."
    )


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_takes_the_same_queries_however_long(
    client: Client, people: People, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        RunFactory(trace=TraceFactory(project=people.project), name=f"run {number}")
    with django_assert_num_queries(10):
        assert len(query(client)) == count
