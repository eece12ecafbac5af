"""The published Python SDK, unmodified, against a real server: what it sends, it reads back."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import langsmith as ls
import pytest
from langsmith.utils import LangSmithNotFoundError

from annotation.models import ApiKey, Run, Trace
from tests.api.langsmith.runs.sending import USAGE
from tests.fixtures.people import People

Scope = ApiKey.Scope


@pytest.fixture
def client(live: str, people: People, monkeypatch: pytest.MonkeyPatch) -> Iterator[ls.Client]:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    made = ls.Client(api_url=f"{live}/api/v1", api_key=people.token(*Scope.values), web_url=live)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of its own methods that will go
        yield made
        made.close(timeout=10)


def the_run(client: ls.Client, name: str, project: str) -> ls.schemas.Run:
    found: list[ls.schemas.Run] = list(client.list_runs(project_name=project, filter=f'eq(name, "{name}")'))
    assert len(found) == 1
    return found[0]


def test_a_traced_program_of_many_threads_arrives_whole(client: ls.Client) -> None:
    @ls.traceable(run_type="tool", client=client)
    def look_up(code: str) -> dict[str, str]:
        return {"found": code}

    @ls.traceable(run_type="llm", client=client, metadata={"ls_provider": "openai", "ls_model_name": "small"})
    def call(messages: list[dict[str, str]]) -> dict[str, Any]:
        return {"role": "assistant", "content": f"re: {messages[-1]['content']}", "usage_metadata": USAGE}

    @ls.traceable(client=client, project_name="live", tags=["beta"])
    def agent(number: int) -> str:
        look_up(f"BK-{number}")
        return str(call([{"role": "user", "content": f"question {number}"}])["content"])

    def turn(number: int) -> str:
        return agent(number, langsmith_extra={"metadata": {"thread_id": f"t-{number % 4}"}})

    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(turn, range(24)))) == 24
    client.flush()
    assert (Trace.objects.count(), Run.objects.count()) == (24, 72)
    assert set(Trace.objects.values_list("status", "run_count", "total_tokens", "project__name")) == {
        ("ok", 3, 17, "live")
    }
    assert Trace.objects.filter(thread_id="t-1").count() == 6

    roots = list(client.list_runs(project_name="live", is_root=True))
    assert {(run.status, run.tags and run.tags[0], run.total_tokens) for run in roots} == {("success", "beta", 17)}
    calls = list(client.list_runs(project_name="live", run_type="llm", filter="gte(total_tokens, 17)", limit=30))
    assert {(run.prompt_tokens, run.total_cost) for run in calls} == {(12, Decimal("0.0000036125"))}
    tree = client.read_run(roots[0].id, load_child_runs=True)
    assert sorted(child.name for child in tree.child_runs or []) == ["call", "look_up"]


def test_runs_made_by_hand_are_updated_and_read_back(client: ls.Client, live: str, people: People) -> None:
    run_id, start = uuid4(), datetime.now(UTC) - timedelta(seconds=1)
    client.create_run("by hand", {"q": "hi"}, "chain", id=run_id, project_name="default", start_time=start)
    client.update_run(run_id, outputs={"a": "ho"}, end_time=datetime.now(UTC), extra={"metadata": {"k": "v"}})
    client.flush()
    run = client.read_run(run_id)
    assert (run.name, run.inputs, run.outputs, run.status) == ("by hand", {"q": "hi"}, {"a": "ho"}, "success")
    assert run.start_time == start.replace(tzinfo=run.start_time.tzinfo) or run.start_time == start
    assert run.metadata["k"] == "v"
    address = client.get_run_url(run=run)
    assert address.startswith(f"{live}/o/{people.workspace.uuid}/projects/p/{run.session_id}/r/{run_id}")
    with pytest.raises(LangSmithNotFoundError):
        client.read_run(uuid4())


def test_attachments_are_read_back_from_bytes_and_files(client: ls.Client, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(b"from a file")
    picture = bytes(range(256)) * 50

    @ls.traceable(client=client, project_name="live", dangerously_allow_filesystem=True)
    def look(picture: ls.schemas.Attachment, notes: ls.schemas.Attachment) -> str:
        return "seen"

    look(ls.schemas.Attachment("image/png", picture), ls.schemas.Attachment("text/plain", file))
    client.flush()
    read = the_run(client, "look", "live").attachments
    contents = {name: (one["mime_type"], one["reader"].read()) for name, one in read.items()}  # type: ignore[call-overload,union-attr]
    assert contents == {"picture": ("image/png", picture), "notes": ("text/plain", b"from a file")}


def test_an_error_is_told_with_its_traceback(client: ls.Client) -> None:
    @ls.traceable(client=client, project_name="live")
    def fail() -> None:
        raise ValueError("it broke")

    with pytest.raises(ValueError, match="it broke"):
        fail()
    client.flush()
    run = the_run(client, "fail", "live")
    assert run.status == "error"
    assert (run.error or "").startswith("ValueError('it broke')\n\nTraceback (most recent")
    assert Run.objects.values_list("error_type", "error_message").get() == ("ValueError", "it broke")


def test_feedback_with_a_trace_goes_between_the_runs_of_a_batch(client: ls.Client) -> None:
    run_id = uuid4()
    now = datetime.now(UTC)
    client.create_feedback(run_id, "q", score=0.5, comment="fine", trace_id=run_id)
    client.create_run("judged", {}, "chain", id=run_id, trace_id=run_id, start_time=now, end_time=now,
                      dotted_order=f"{now:%Y%m%dT%H%M%S%fZ}{run_id}", project_name="live")  # fmt: skip
    client.flush()
    stats = the_run(client, "judged", "live").feedback_stats or {}
    assert (stats["q"]["n"], stats["q"]["avg"], stats["q"]["comments"]) == (1, 0.5, ["fine"])


def test_the_other_forms_of_address_work_as_well(live: str, people: People) -> None:
    for base in ("/api", ""):
        client = ls.Client(api_url=f"{live}{base}", api_key=people.token(*Scope.values))
        run_id = uuid4()
        client.create_run("by hand", {"q": base}, "chain", id=run_id, project_name="default")
        client.flush()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert client.read_run(run_id).inputs == {"q": base}
        client.close(timeout=5)


def test_version_2_reads_what_was_sent(client: ls.Client) -> None:
    @ls.traceable(client=client, project_name="live", metadata={"thread_id": "talk"})
    def answer(question: str) -> str:
        return question.upper()

    for question in ("one", "two", "three"):
        answer(question)
    client.flush()
    project = str(client.read_project(project_name="live").id)
    with ThreadPoolExecutor(1) as thread:  # a test with a browser, before this one, leaves a loop in its own
        thread.submit(lambda: asyncio.run(_read_in_version_2(client, project))).result()


async def _read_in_version_2(client: ls.Client, project: str) -> None:
    runs = [
        run async for run in client.runs.query(project_ids=[project], selects=["NAME", "INPUTS", "STATUS"], page_size=2)
    ]
    assert [(run.name, run.status, run.inputs) for run in runs] == [
        ("answer", "SUCCESS", {"question": question}) for question in ("three", "two", "one")
    ]
    one = await client.runs.retrieve(str(runs[0].id), project_id=project, selects=["OUTPUTS"])
    assert one.outputs == {"output": "THREE"}
    threads = [thread async for thread in client.threads.query(project_id=project)]
    assert [(thread.thread_id, thread.count) for thread in threads] == [("talk", 3)]
    selects: Any = ["TURN_NUMBER", "INPUTS"]
    turns = [turn async for turn in client.threads.list_traces("talk", project_id=project, selects=selects)]
    assert [turn.turn_number for turn in turns] == [1, 2, 3]
    traces = [trace async for trace in client.traces.query(project_id=project, selects=["NAME"])]
    assert [trace.root_run.name for trace in traces if trace.root_run] == ["answer"] * 3
    await client._get_langsmith_api().close()
