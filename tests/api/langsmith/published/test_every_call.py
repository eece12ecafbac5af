"""Every call of the protocol that is spoken here, by the published Python client against a real server.

What a call means is tested beside its resource; here, that the client and the server agree on every one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from langsmith import Client
from langsmith.utils import LangSmithAuthError, LangSmithConflictError, LangSmithError, LangSmithNotFoundError

from annotation.models import Feedback, Run
from tests.api.langsmith.published.conftest import BEGAN, three_traces
from tests.fixtures.people import People

pytestmark = pytest.mark.filterwarnings("ignore")


def test_runs_are_found_by_everything_that_the_client_can_ask(client: Client, people: People) -> None:
    agent, model, tool, _, _ = three_traces(client)
    project = client.read_project(project_name="calls").id
    asked: dict[str, tuple[dict[str, Any], str]] = {
        "all": ({}, "alone turn tool model agent"),
        "project by id": ({"project_id": project, "project_name": None}, "alone turn tool model agent"),
        "several projects": ({"project_name": ["calls", "booking"]}, "alone turn tool model agent"),
        "type": ({"run_type": "llm"}, "model"),
        "trace": ({"trace_id": agent["id"]}, "tool model agent"),
        "parent": ({"parent_run_id": agent["id"]}, "tool model"),
        "roots": ({"is_root": True}, "alone turn agent"),
        "steps": ({"is_root": False}, "tool model"),
        "failed": ({"error": True}, "tool"),
        "not failed": ({"error": False, "trace_id": agent["id"]}, "model agent"),
        "ids": ({"run_ids": [model["id"], tool["id"]], "project_name": None}, "tool model"),
        "since": ({"start_time": BEGAN + timedelta(seconds=60)}, "alone turn"),
        "until": ({"end_time": BEGAN + timedelta(seconds=2)}, "model agent"),
        "words": ({"query": "hello"}, "model"),
        "limit": ({"limit": 2}, "alone turn"),
        "oldest first": ({"order": "asc", "is_root": True}, "agent turn alone"),
        "an example": ({"reference_example_id": uuid4()}, ""),
        "filter": ({"filter": 'and(eq(run_type, "llm"), gt(total_tokens, 6), lt(latency, "5s"))'}, "model"),
        "filter by tag": ({"filter": 'has(tags, "beta")'}, "agent"),
        "filter by entry": (
            {"filter": 'and(eq(metadata_key, "tier"), eq(metadata_value, "gold"))', "is_root": True}, "agent"
        ),
        "filter by thread": ({"filter": 'eq(thread_id, "talk")', "is_root": True}, "turn agent"),
        "trace filter": ({"trace_filter": 'eq(name, "agent")', "run_type": "tool"}, "tool"),
        "tree filter": ({"tree_filter": "neq(error, null)", "is_root": True}, "agent"),
    }  # fmt: skip
    found = {
        title: " ".join(one.name for one in client.list_runs(**{"project_name": "calls", **kwargs}))
        for title, (kwargs, _) in asked.items()
    }
    assert found == {title: names for title, (_, names) in asked.items()}
    [selected] = client.list_runs(
        project_name="calls", run_type="llm", select=["name", "run_type", "start_time", "total_cost"]
    )
    assert (selected.total_cost, selected.inputs) == (Decimal("0.0000012"), {})
    read = client.read_run(model["id"])
    assert (read.prompt_tokens, read.total_tokens, read.total_cost) == (5, 7, Decimal("0.0000012"))
    assert read.start_time.replace(tzinfo=UTC) == model["start_time"]
    assert (read.dotted_order, read.parent_run_ids) == (model["dotted_order"], [agent["id"]])
    stats = client.get_run_stats(project_names=["calls"], run_type="tool")
    assert (stats["run_count"], stats["error_rate"]) == (1, 1.0)
    assert [one.name for one in client.read_thread(thread_id="talk", project_name="calls")] == ["agent", "turn"]
    threads = client.list_threads(project_name="calls")
    assert [(one["thread_id"], one["count"]) for one in threads] == [("talk", 2)]


def test_each_kind_of_refusal_is_the_error_that_it_is_documented_as(client: Client, live: str, people: People) -> None:
    stranger = Client(api_url=f"{live}/api/v1", api_key="wrong", auto_batch_tracing=False)
    assert (stranger.info.version or "") >= "0.18"
    with pytest.raises(LangSmithAuthError):
        list(stranger.list_projects())
    other = Client(api_url=f"{live}/api/v1", api_key=people.token("read"), workspace_id=str(people.elsewhere.uuid))
    with pytest.raises(LangSmithError, match="403"):
        list(other.list_projects())
    with pytest.raises(LangSmithNotFoundError):
        client.read_run(uuid4())
    with pytest.raises(LangSmithConflictError):
        client.create_project("booking")
    with pytest.raises(LangSmithError, match=r"at character 4: There is no field .run_tipe"):
        list(client.list_runs(project_name="booking", filter='eq(run_tipe, "llm")'))
    with pytest.raises(LangSmithError, match="run_type"):
        client.create_run("x", {}, "no such type", project_name="booking")  # type: ignore[arg-type]
    assert not Run.objects.exists()
    for leaving in (stranger, other):
        leaving.close(timeout=5)


def test_feedback_of_every_form(client: Client, people: People) -> None:
    agent, model, *_ = three_traces(client)
    project = client.read_project(project_name="calls").id
    client.create_feedback(model["id"], "fix", value="Hi", correction={"a": "hello"}, trace_id=agent["id"])
    client.create_feedback(agent["id"], "kind", score=True, error=False, extra={"n": 1})
    whole = client.create_feedback(key="recall", score=0.75, project_id=project)
    found = {one.key: one for one in client.list_feedback(run_ids=[agent["id"], model["id"]])}
    assert (found["fix"].value, found["fix"].correction, found["fix"].trace_id) == ("Hi", {"a": "hello"}, agent["id"])
    assert (found["kind"].score, found["kind"].session_id) == (1.0, project)
    assert (client.read_feedback(whole.id).score, client.read_feedback(whole.id).run_id) == (0.75, None)
    listed: Callable[..., list[str]] = lambda **asked: sorted(one.key for one in client.list_feedback(**asked))  # noqa: E731
    assert listed(feedback_key=["fix", "recall"], session=[project]) == ["fix", "recall"]
    assert listed(run_ids=[agent["id"]], has_score=True, limit=1) == ["kind"]
    assert listed(session=[project], level="session") == ["recall"]
    assert listed(session=[project], level="run") == ["fix", "kind"]
    keys = ["stars", "tone"]
    tone: Any = {"type": "categorical", "categories": [{"value": 0, "label": "rude"}, {"value": 1, "label": "kind"}]}
    links = client.create_presigned_feedback_tokens(
        agent["id"], keys, expiration=timedelta(hours=1), feedback_configs=[{"type": "freeform"}, tone]
    )
    client.create_feedback_from_token(links[1].url, score=1, correction={"a": "x"}, metadata={"page": 2})
    assert Feedback.objects.values_list("value", "source", "correction").get(key="tone") == ("kind", "user", {"a": "x"})
    assert {one.id for one in client.list_presigned_feedback_tokens(agent["id"])} == {one.id for one in links}
    grown = client.add_feedback_categories("tone", [{"value": 2, "label": "warm"}])
    assert [one["label"] for one in grown.feedback_config["categories"] or []] == ["rude", "kind", "warm"]
    left = client.remove_feedback_categories("tone", [0])
    assert [one["label"] for one in left.feedback_config["categories"] or []] == ["kind", "warm"]


def test_projects_are_found_and_deleted(client: Client, people: People) -> None:
    made = client.create_project("trial", description="of May", metadata={"git": "a"}, upsert=True)
    assert {one.name for one in client.list_projects(project_ids=[made.id])} == {"trial"}
    assert {one.name for one in client.list_projects(name_contains="ria", reference_free=True)} == {"trial"}
    assert list(client.list_projects(reference_dataset_id=uuid4())) == []
    assert client.read_project(project_id=made.id).metadata == {"git": "a"}
    changed = client.update_project(made.id, name="tried", metadata={"git": "b"}, end_time=BEGAN)
    assert (changed.name, changed.metadata["git"]) == ("tried", "b")
    client.delete_project(project_name="tried")
    assert not client.has_project("tried")
    with pytest.raises(LangSmithNotFoundError):
        client.read_project(project_id=made.id)
    assert client._get_settings().id == str(people.workspace.uuid)


def test_what_is_not_served_is_the_clients_error_for_what_is_not_there(client: Client) -> None:
    for call in (client.list_datasets, client.list_prompts, lambda: client.read_dataset(dataset_name="x")):
        with pytest.raises(LangSmithNotFoundError, match="not served here"):
            list(call())
