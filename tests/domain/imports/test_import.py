"""Transcripts become traces: whole, once, and resumed where they stood."""

import gzip
import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from annotation.domain.imports import reading, traces
from annotation.domain.imports.plan import KIND, ImportPlan
from annotation.domain.imports.reading import UnreadableFileError
from annotation.domain.work import jobs
from annotation.models import Feedback, Job, Run, Trace
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db

TAU = Path(settings.BASE_DIR).parent / "shared/data/trajectories/tau-bench-airline/gpt-4o-airline.json.gz"
CALL = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"city": "Oslo"}'}}
MESSAGES: list[dict[str, Any]] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "A flight to Oslo?"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c1", "name": "find", "content": "SK 1"},
    {"role": "assistant", "content": [{"type": "text", "text": "Take SK 1."}], "usage": {"prompt_tokens": 9,
     "completion_tokens": 3}, "cost": 0.001},
]  # fmt: skip


def record(number: int, **fields: Any) -> dict[str, Any]:
    return {"task": number, "messages": MESSAGES, "won": number % 2 == 0, "extra": {"a": [1]}} | fields


def lines(*records: Any) -> bytes:
    return b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in records)


def job_of(people: People, content: bytes, **plan: Any) -> Job:
    return traces.start(
        workspace=people.workspace,
        plan=ImportPlan(**({"project": "flights", "group": "task", "scores": ("won",)} | plan)),
        content=content,
        filename="flights.jsonl",
        by=people.editor,
    )


def finish(job: Job, **options: Any) -> Job:
    jobs.drive(job_id=job.pk, kinds={KIND: traces.prepare}, **options)
    job.refresh_from_db()
    return job


def test_a_transcript_is_a_trace_of_its_model_and_tool_calls(people: People) -> None:
    job = finish(job_of(people, lines(record(1)), good_from=1))
    assert (job.status, job.result, job.problem_count) == ("done", {"imported": 1}, 0)
    trace = Trace.objects.get()
    assert (trace.status, trace.project.name, trace.input, trace.output) == (
        "ok", "flights", "A flight to Oslo?", "Take SK 1."
    )  # fmt: skip
    assert (trace.thread_id, trace.metadata) == (
        None, {"task": 1, "won": False, "extra": {"a": [1]}, "group": "task:1"}
    )  # fmt: skip
    assert (trace.total_tokens, str(trace.cost), trace.verdict) == (12, "0.0010000000", "bad")
    first, tool, last = Run.objects.order_by("start_nano")
    assert (first.type, first.output_text, first.tool_calls) == (
        "llm", None, [{"id": "c1", "name": "find", "arguments": {"city": "Oslo"}}]
    )  # fmt: skip
    assert first.inputs == {"messages": MESSAGES[:2]}
    assert (tool.type, tool.name, tool.tool) == (
        "tool", "find", {"name": "find", "arguments": {"city": "Oslo"}, "result": "SK 1"}
    )  # fmt: skip
    assert [message["role"] for message in last.messages] == ["system", "user", "assistant", "tool", "assistant"]
    assert (first.started_at, first.latency_ms) == (job.created_at + timedelta(microseconds=3), 0)
    assert first.attributes == {"import.times": "unknown"}
    feedback = Feedback.objects.get()
    assert (feedback.key, feedback.score, feedback.trace_uuid) == ("won", 0, trace.uuid)


def test_times_of_messages_are_the_times_of_their_runs(people: People) -> None:
    timed = [{**message, "timestamp": f"2026-03-02T09:30:0{second}.5Z"} for second, message in enumerate(MESSAGES)]
    finish(job_of(people, lines(record(1, messages=timed))))
    assert Trace.objects.get().started_at.isoformat() == "2026-03-02T09:30:01.500000+00:00"
    assert list(Run.objects.order_by("start_nano").values_list("latency_ms", flat=True)) == [1000, 1000, 1000]
    assert Run.objects.filter(attributes__has_key="import.times").count() == 0


def test_importing_twice_changes_nothing_and_attempts_share_a_group(people: People) -> None:
    content = lines(record(1), record(1), record(2))
    finish(job_of(people, content))
    before = list(Trace.objects.order_by("id").values()), list(Run.objects.order_by("id").values())
    again = finish(job_of(people, gzip.compress(content)))
    assert again.result == {"known": 3}
    assert (list(Trace.objects.order_by("id").values()), list(Run.objects.order_by("id").values())) == before
    assert Counter(Trace.objects.values_list("metadata__group", flat=True)) == {"task:1": 2, "task:2": 1}
    assert Feedback.objects.count() == 3


def test_bad_records_are_reported_by_number_and_the_others_imported(people: People) -> None:
    content = lines(record(1), b'{"cut off', {"messages": "no list"}, [1], record(2, messages=[]))
    job = finish(job_of(people, content))
    assert (job.status, job.result, job.problem_count) == ("done", {"imported": 1}, 4)
    assert [problem["place"] for problem in job.problems] == ["record 2", "record 3", "record 4", "record 5"]
    assert "not JSON" in job.problems[0]["message"]


@pytest.mark.parametrize("content", [b"", b"no json", b"[1, 2", b'{"a": 1}]', gzip.compress(b"[]", mtime=0)[:-4]])
def test_a_file_that_is_none_is_refused_at_once(people: People, content: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        job_of(people, content)
    assert Job.objects.count() == 0


def test_a_killed_import_goes_on_where_it_stood(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "BATCH", 2)
    job = job_of(people, lines(*(record(number) for number in range(5))))

    class KilledError(BaseException):
        pass

    def kill(_job: Job) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        finish(job, after_step=kill)
    job.refresh_from_db()
    assert (job.status, job.done_count, Trace.objects.count()) == ("running", 2, 2)
    assert finish(job).status == "done"
    assert (Trace.objects.count(), job.result, job.done_count) == (5, {"imported": 5}, 5)


def test_a_cancelled_import_keeps_what_it_did(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "BATCH", 2)
    job = job_of(people, lines(*(record(number) for number in range(5))))
    finish(job, after_step=lambda job: jobs.cancel(job=job, by=people.editor, now=timezone.now()) and None)
    assert (job.status, Trace.objects.count()) == ("cancelled", 2)
    assert not jobs.cancel(job=job, by=people.editor, now=timezone.now())


def test_forgotten_jobs_are_found(people: People) -> None:
    job = job_of(people, lines(record(1)))
    assert jobs.sweep(now=timezone.now()) == 0
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    assert jobs.sweep(now=timezone.now()) == 1
    finish(job)
    assert jobs.sweep(now=timezone.now()) == 0


def test_over_the_rest_interface(people: People) -> None:
    client = people.api("write")
    answer = client.post(
        "/api/v1/traces/import?project=flights&group=task&score=won", lines(record(1)), "application/x-ndjson"
    )
    assert (answer.status_code, answer.json()["status"]) == (202, "waiting")
    shown = client.get(f"/api/v1/jobs/{answer.json()['id']}").json()
    assert (shown["kind"], shown["done_count"]) == ("import_traces", 0)
    finish(Job.objects.get())
    shown = client.get("/api/v1/jobs").json()["results"][0]
    assert (shown["status"], shown["done_count"], shown["total_count"]) == ("done", 1, 1)
    assert client.post(f"/api/v1/jobs/{shown['id']}/cancel").status_code == 409
    assert client.post("/api/v1/traces/import", b"[]", "application/json").status_code == 400
    refused = client.post("/api/v1/traces/import?project=x", b"no", "application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "unreadable")
    assert people.api("read").post("/api/v1/traces/import?project=x", b"[]", "application/json").status_code == 403


def test_tau_bench_loads_whole(people: People) -> None:
    if not TAU.exists():
        pytest.skip("the trajectories are not beside this repository (../shared/data)")
    with transaction.atomic():
        call_command("import_traces", str(TAU), "--workspace=acme", "--messages=traj", "--group=task_id",
                     "--score=reward", "--good-from=1")  # fmt: skip
    assert Trace.objects.count() == 200
    assert Counter(Run.objects.values_list("type", flat=True)) == {"llm": 2454, "tool": 1164}
    assert Counter(Feedback.objects.values_list("key", "score")) == {("reward", 1.0): 84, ("reward", 0.0): 116}
    assert Counter(Trace.objects.values_list("verdict", flat=True)) == {"good": 84, "bad": 116}
    assert set(Counter(Trace.objects.values_list("metadata__group", flat=True)).values()) == {4}
    assert Run.objects.filter(type="tool", tool__arguments=None).count() == 0


def test_the_command_says_what_is_wrong(people: People, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Name a workspace"):
        call_command("import_traces", "x.json")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_traces", str(tmp_path / "none.json"), "--workspace=acme")


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reading.MAX_UNPACKED == 256 << 20
    monkeypatch.setattr(reading, "MAX_UNPACKED", 1 << 20)
    bomb = gzip.compress(b"[" + b"0," * (1 << 20) + b"0]", 1)
    assert len(bomb) < 1 << 14
    with pytest.raises(UnreadableFileError, match="more than 256 MiB: split it"):
        reading.read(bomb)
    assert len(reading.read(gzip.compress(b"[" + b"0," * (1 << 18) + b"0]"))) == (1 << 18) + 1
