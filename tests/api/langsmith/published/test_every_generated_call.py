"""As `test_every_call`, of the calls that the client has by generation from the protocol's description."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import langsmith
import pytest
from langsmith import Client

from annotation.models import Item, Reservation, Review, Run
from tests.api.langsmith.published.conftest import BEGAN, run, three_traces
from tests.fixtures.people import People

pytestmark = pytest.mark.filterwarnings("ignore")


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


def test_two_experiments_are_compared_and_what_differs_gets_a_final_answer(client: Client, people: People) -> None:
    for name in ("one", "two"):
        client.create_project(name)
        client.batch_ingest_runs(
            create=[run("answer", 0, session_name=name, reference_example_id=people.workspace.uuid)]
        )
    sessions = [str(client.read_project(project_name=name).id) for name in ("one", "two")]
    client.create_project("graded")
    graded = run("graded", 1, session_name="graded")
    client.batch_ingest_runs(create=[graded])
    second = Client(api_url=client.api_url, api_key=people.token("write", by=people.editor), auto_batch_tracing=False)

    async def work() -> None:
        queues = client.annotation_queues
        made = await queues.annotation_queues(name="Pairs", session_ids=sessions)
        [listed] = [one async for one in queues.retrieve_annotation_queues(queue_type="pairwise")]
        assert (made.queue_type, listed.id, listed.total_runs) == ("pairwise", made.id, 1)
        queue = await queues.annotation_queues(
            name="Two", num_reviewers_per_item=2, rubric_items=[{"feedback_key": "grade"}]
        )
        runs: Any = [{"item_type": "RUN", "run_id": str(graded["id"])}]
        [item] = (await queues.items.create(queue.id, items=runs)).items or []
        for reviewer, grade in ((client, 0), (second, 1)):
            reviewer.create_feedback(graded["id"], "grade", score=grade)
            await reviewer.annotation_queues.items.create_status(str(item.id), status="completed")
        await second._get_langsmith_api().close()
        [differing] = [one async for one in queues.items.list(queue.id, status="archived", agreement="disagreed")]
        assert (differing.agreement_state, differing.has_unresolved_keys) == ("disagreed", True)
        final = await queues.items.set_final("grade", queue_id=queue.id, item_id=str(item.id), score=0.5)
        assert (final.has_final, final.answer.score if final.answer else None) == (True, 0.5)
        await queues.items.clear_final("grade", queue_id=queue.id, item_id=str(item.id))
        count = await queues.items.retrieve_count(queue.id, status="archived", has_unresolved_keys=True)
        assert count.count == 1

    in_a_loop(client, work)
    second.close(timeout=5)


def test_agents_have_projects_which_version_2_tells_of(client: Client, people: People) -> None:
    support = langsmith.agent_address("support", "production")
    client.create_run("turn", {"q": 1}, "chain", id=uuid4(), address=support)
    [found] = Run.objects.all()
    assert found.trace.project.name == "support/production"

    async def read() -> None:
        sessions = client.sessions
        assert (await sessions.resolve(**support)).session_id == str(found.trace.project.uuid)
        made = await sessions.create_v2(type="PROJECT", name="second", extra={"a": 1})
        changed = await sessions.update_v2(made.id, extra={"b": 2}, description="of May")
        assert (changed.extra, changed.description, changed.type) == ({"a": 1, "b": 2}, "of May", "PROJECT")
        assert [one.name async for one in sessions.list_v2(type=["AGENT"], page_size=1)] == ["support/production"]
        listed = [one.name async for one in sessions.list_v2(page_size=1, sort_by="NAME", sort_order="asc")]
        assert listed == ["booking", "second", "support/production"]
        counted = await sessions.retrieve_v2(str(found.trace.project.uuid), include_stats=True)
        assert (counted.run_count, counted.type) == (1, "AGENT")

    in_a_loop(client, read)


def test_version_2_streams_runs_traces_and_threads(client: Client, people: People) -> None:
    three_traces(client)
    project = str(client.read_project(project_name="calls").id)

    async def read() -> None:
        runs = client.runs.streaming.query_v2_items(project_ids=[project], selects=["NAME"], page_size=2)
        assert [one.name async for one in runs] == ["alone", "turn", "tool", "model", "agent"]
        traces = client.traces.streaming.query_items(project_id=project, selects=["NAME"], page_size=2)
        assert [one.root_run.name async for one in traces if one.root_run] == ["alone", "turn", "agent"]
        threads = client.threads.streaming.query_items(project_id=project)
        assert [one.thread_id async for one in threads] == ["talk"]

    in_a_loop(client, read)
