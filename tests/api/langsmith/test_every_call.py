"""Every call of the protocol that section B of the issue asks for, by the published Python client against a real server.

What a call means is tested beside its resource; here, that the client and the server agree on every one of them.
"""

from __future__ import annotations

import asyncio
import csv
import io
import warnings
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from langsmith import Client
from langsmith.utils import LangSmithAuthError, LangSmithConflictError, LangSmithError, LangSmithNotFoundError

from annotation.models import Feedback, Item, Reservation, Review, Run
from tests.fixtures.people import People

pytestmark = pytest.mark.filterwarnings("ignore")
BEGAN = datetime.now(UTC).replace(microsecond=7) - timedelta(minutes=5)
USAGE = {"input_tokens": 5, "output_tokens": 2, "total_tokens": 7, "input_cost": "0.0000012", "total_cost": "0.0000012"}


@pytest.fixture
def client(live: str, people: People) -> Iterator[Client]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of its own methods that will go
        made = Client(
            api_url=f"{live}/api/v1", api_key=people.token("ingest", "write"), auto_batch_tracing=False, web_url=live
        )
        yield made
        made.close(timeout=5)


def run(name: str, second: int, *, above: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A finished run of the project "calls", below another or the root of a trace."""
    uuid, start = uuid4(), BEGAN + timedelta(seconds=second)
    step = f"{start:%Y%m%dT%H%M%S%fZ}{uuid}"
    placed = (
        {"trace_id": above["trace_id"], "parent_run_id": above["id"], "dotted_order": f"{above['dotted_order']}.{step}"}
        if above
        else {"trace_id": uuid, "dotted_order": step}
    )
    ended = {"start_time": start, "end_time": start + timedelta(seconds=1), "inputs": {"q": name}, "outputs": {"a": 1}}
    return {"id": uuid, "name": name, "run_type": "chain", "session_name": "calls", **ended, **placed, **fields}


def three_traces(client: Client) -> list[dict[str, Any]]:
    """An agent with a model call and a tool that failed, and a turn that follows it, each by another way of sending."""
    agent = run("agent", 0, tags=["beta"], extra={"metadata": {"thread_id": "talk", "tier": "gold"}})
    model = run("model", 1, above=agent, run_type="llm", outputs={"a": "hello world", "usage_metadata": USAGE})
    tool = run("tool", 2, above=agent, run_type="tool", error="TimeoutError('late')\n\nTraceback: …", outputs=None)
    turn = run("turn", 60, extra={"metadata": {"thread_id": "talk"}})
    alone = run("alone", 120)
    client.batch_ingest_runs(create=[agent, model])
    client.multipart_ingest(create=[tool, turn])
    ending = ("end_time", "outputs")
    client.create_run(**{name: value for name, value in alone.items() if name not in (*ending, "session_name")},
                      project_name="calls")  # fmt: skip
    client.update_run(alone["id"], end_time=alone["end_time"], outputs=alone["outputs"])
    return [agent, model, tool, turn, alone]


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


def in_a_loop(client: Client, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """A test with a browser, before this one, leaves a loop in its own thread."""

    async def whole() -> None:
        try:
            await work()
        finally:
            await client._get_langsmith_api().close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(whole())).result()


def test_a_queue_is_worked_through_by_the_generated_client(client: Client, people: People) -> None:
    agent, model, _, turn, alone = three_traces(client)
    project = str(client.read_project(project_name="calls").id)

    async def work() -> None:
        queues = client.annotation_queues
        queue = await queues.annotation_queues(
            name="Night", num_reviewers_per_item=1, reservation_minutes=3, metadata={"team": "x"},
            rubric_items=[{"feedback_key": "grade", "is_required": True}],
        )  # fmt: skip
        assert (queue.reservation_minutes, queue.num_reviewers_per_item) == (3, 1)
        await queues.runs.create(queue.id, body=[str(agent["id"]), str(turn["id"])])
        await queues.runs.create_by_key(
            queue.id, body=[{"run_id": str(model["id"]), "session_id": project, "start_time": model["start_time"]}]
        )
        await queues.populate(queue_id=queue.id, session_ids=[project])  # adds what is not in it yet
        listed = await queues.runs.list(queue.id, status="needs_my_review")
        assert [one.name for one in listed] == ["agent", "turn", "model", "alone"]
        assert (await queues.retrieve_total_size(queue.id)).size == 4
        assert [one.name for one in await queues.retrieve_queues(str(turn["id"]))] == ["Night"]
        first = await queues.retrieve_run(0, queue_id=queue.id)
        await queues.create_run_status(first.queue_run_id, status="viewed")
        held = await queues.retrieve_run(0, queue_id=queue.id)
        assert held.reserved_by == [str(people.admin.uuid)]
        client.create_feedback(first.id, "grade", score=1)
        await queues.create_run_status(first.queue_run_id, status="completed")
        second = await queues.retrieve_run(0, queue_id=queue.id)
        await queues.create_run_status(second.queue_run_id, override_added_at=datetime.now(UTC))
        line = [one.name for one in await queues.runs.list(queue.id, status="needs_my_review")]
        assert (second.name, line) == ("turn", ["model", "alone", "turn"])
        await queues.runs.update(second.queue_run_id, queue_id=queue.id, added_at=BEGAN)
        assert (await queues.retrieve_size(queue.id)).size == 3
        assert (await queues.retrieve_total_archived(queue.id)).size == 1
        [done] = await queues.runs.list(queue.id, status="completed")
        assert (done.name, done.completed_by) == ("agent", [str(people.admin.uuid)])
        table = await queues.export(queue.id, include_annotator_detail=True)
        [row] = csv.DictReader(io.StringIO(str(table)))
        assert (row["run_id"], row["grade: admin@example.com"]) == (str(agent["id"]), "1")
        await queues.runs.delete_queue(str(model["id"]), queue_id=queue.id)
        await queues.runs.delete_all(queue.id, delete_all=True, exclude_run_ids=[str(alone["id"])])
        assert [one.name for one in await queues.runs.list(queue.id)] == ["alone"]
        await queues.update(queue.id, name="Day", rubric_items=[{"feedback_key": "tone"}])
        read = await queues.retrieve(queue.id)
        assert (read.name, [one.feedback_key for one in read.rubric_items or []]) == ("Day", ["tone"])
        found = [one async for one in queues.retrieve_annotation_queues(name_contains="Da", assigned_to_me=True)]
        assert [(one.name, one.total_runs) for one in found] == [("Day", 1)]
        await queues.delete(queue.id)
        assert [one async for one in queues.retrieve_annotation_queues()] == []

    in_a_loop(client, work)
    assert Review.objects.get().answers == {"grade": 1}
    assert not Reservation.objects.exists()


def test_threads_and_runs_stand_side_by_side_in_a_queue(client: Client, people: People) -> None:
    agent, _, _, turn, _ = three_traces(client)
    project = str(client.read_project(project_name="calls").id)

    async def work() -> None:
        queues = client.annotation_queues
        queue = await queues.annotation_queues(name="Both")
        thread: Any = {"item_type": "THREAD", "thread_id": "talk", "project_id": project}
        runs: Any = [{"item_type": "RUN", "run_id": str(one["id"]), "project_id": project} for one in (agent, turn)]
        made = await queues.items.create(queue.id, items=[thread, *runs])
        assert {one.item_type for one in made.items or []} == {"THREAD", "RUN"}
        listed = [one async for one in queues.items.list(queue.id, status="needs_my_review", page_size=1)]
        ids = [str(one.id) for one in listed]
        assert len(set(ids)) == 3
        only = [one async for one in queues.items.list(queue.id, status="needs_my_review", item_type="THREAD")]
        assert [one.thread_id for one in only] == ["talk"]
        place = await queues.items.retrieve_placement(ids[1], queue_id=queue.id)
        assert (place.section, place.position) == ("needs_my_review", 1)
        answer = await queues.items.create_status(ids[0], status="viewed")
        assert (answer.status, answer.is_archived) == ("viewed", False)
        assert (await queues.items.create_status(ids[0], status="completed")).is_archived
        assert (await queues.items.retrieve_count(queue.id, status="archived")).count == 1
        await queues.items.update(ids[1], queue_id=queue.id, added_at=BEGAN)
        await queues.items.delete_all(queue.id, item_ids=[ids[1]])
        assert (await queues.items.retrieve_count(queue.id, status="needs_my_review")).count == 1

    in_a_loop(client, work)
    assert Item.objects.exclude(state="removed").count() == 2


def test_version_2_reads_and_shares_traces(client: Client, people: People) -> None:
    agent, model, tool, *_ = three_traces(client)
    project = str(client.read_project(project_name="calls").id)

    async def read() -> None:
        runs = client.runs
        asked: dict[str, tuple[dict[str, Any], list[str]]] = {
            "type": ({"run_type": "LLM"}, ["model"]),
            "failed": ({"has_error": True}, ["tool"]),
            "roots": ({"is_root": True}, ["alone", "turn", "agent"]),
            "ids": ({"ids": [str(model["id"])]}, ["model"]),
            "trace": ({"trace_id": str(agent["id"])}, ["tool", "model", "agent"]),
            "filter": ({"filter": 'has(tags, "beta")'}, ["agent"]),
            "trace filter": ({"trace_filter": 'eq(name, "agent")', "run_type": "TOOL"}, ["tool"]),
            "tree filter": ({"tree_filter": "neq(error, null)", "is_root": True}, ["agent"]),
            "time": ({"min_start_time": BEGAN, "max_start_time": BEGAN + timedelta(seconds=2)}, ["model", "agent"]),
        }
        found = {
            title: [one.name async for one in runs.query(project_ids=[project], selects=["NAME"], **kwargs)]
            for title, (kwargs, _) in asked.items()
        }
        assert found == {title: names for title, (_, names) in asked.items()}
        one = await runs.retrieve(str(model["id"]), project_id=project, selects=["TOTAL_COST", "TOTAL_TOKENS"])
        assert (Decimal(str(one.total_cost)), one.total_tokens) == (Decimal("0.0000012"), 7)
        url = await runs.get_url(
            str(tool["id"]), project_id=project, trace_id=str(agent["id"]), start_time=tool["start_time"]
        )
        assert str(tool["id"]) in str(url.url)
        steps = await client.traces.list_runs(str(agent["id"]), project_id=project, selects=["NAME"])
        assert [step.name for step in steps.items or []] == ["agent", "model", "tool"]
        stats = await client.threads.stats("talk", session_id=project, selects=["TURNS"])
        assert stats.turns == 2
        shared = await runs.share.create(str(model["id"]), session_id=project, trace_id=str(agent["id"]))
        token = str(shared.share_token)
        listed = await client.public.runs.query(token, selects=["NAME"])
        assert [step.name for step in listed.items or []] == ["agent", "model", "tool"]
        await runs.share.delete(str(agent["id"]), session_id=project)

    in_a_loop(client, read)
