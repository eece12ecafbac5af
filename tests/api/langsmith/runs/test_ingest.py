"""Runs as the SDKs send them: in any order, twice, at once, in several parts, and wrong."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import zstandard
from django.db import connections
from django.test import Client
from django.utils import timezone

from annotation.domain.projects import keys
from annotation.models import ApiKey, Attachment, Project, Run, Trace
from tests.api.langsmith.runs.sending import (
    CHILD,
    OTHER,
    ROOT,
    T1,
    T2,
    patch,
    post,
    run,
    send_parts,
)
from tests.fixtures.logs import log_request, record
from tests.fixtures.people import People
from tests.fixtures.spans import call, request


def test_a_run_alone_becomes_a_trace_of_its_project(client: Client) -> None:
    answer = post(client, "/runs", run(session_name="booking", end_time=T2, outputs={"a": "ho"}, tags=["x"]))
    assert (answer.status_code, answer.json()) == (202, {"message": "Stored."})
    trace = Trace.objects.get()
    assert (str(trace.uuid), trace.name, trace.project.name) == (ROOT, "agent", "booking")
    assert (trace.status, trace.run_count, trace.tags) == ("ok", 1, ["x"])
    assert trace.latency_ms == pytest.approx(2499.999)
    assert Run.objects.get().uuid == UUID(ROOT)


def test_the_end_may_come_before_the_beginning(client: Client) -> None:
    assert (
        patch(client, ROOT, {"end_time": T2, "outputs": {"a": "ho"}, "extra": {"metadata": {"k": 2}}}).status_code
        == 202
    )
    begun = run(session_name="booking", outputs=None, extra={"metadata": {"k": 1, "thread_id": "t"}})
    assert post(client, "/runs", begun).status_code == 202
    stored, trace = Run.objects.get(), Trace.objects.get()
    assert (stored.name, stored.type, stored.inputs, stored.outputs) == ("agent", "chain", {"q": "hi"}, {"a": "ho"})
    assert (stored.metadata, trace.thread_id) == ({"k": 2, "thread_id": "t"}, "t")
    assert (trace.status, trace.name, trace.project.name) == ("ok", "agent", "booking")


def test_a_child_may_come_before_its_parent_and_tell_no_trace(client: Client) -> None:
    """The parent turns out to be no root: what was taken for its trace goes into the real one."""
    post(client, "/runs", run(CHILD, name="child", parent_run_id=OTHER, start_time=T1))
    assert {str(trace.uuid) for trace in Trace.objects.all()} == {OTHER}
    post(client, "/runs", run(OTHER, name="middle", parent_run_id=ROOT, trace_id=ROOT, start_time=T1))
    post(client, "/runs", run(ROOT, name="root", end_time=T2, session_name="booking"))
    trace = Trace.objects.get()
    assert (str(trace.uuid), trace.run_count, trace.name, trace.project.name) == (ROOT, 3, "root", "booking")
    assert set(Run.objects.values_list("trace__uuid", flat=True)) == {UUID(ROOT)}


def test_an_end_without_a_trace_moves_when_the_beginning_tells_it(client: Client) -> None:
    patch(client, CHILD, {"end_time": T2})
    post(client, "/runs", run(CHILD, trace_id=ROOT, parent_run_id=ROOT))
    assert [str(trace.uuid) for trace in Trace.objects.all()] == [ROOT]
    assert Run.objects.get().parent_uuid == UUID(ROOT)


def test_a_batch_again_changes_nothing(client: Client) -> None:
    batch = {
        "post": [run(), run(CHILD, parent_run_id=ROOT, trace_id=ROOT, run_type="llm", extra={"metadata": {"a": 1}})],
        "patch": [{"id": ROOT, "trace_id": ROOT, "end_time": T2, "outputs": {"a": 1}}],
    }
    assert post(client, "/runs/batch", batch).status_code == 202
    before = (Trace.objects.values().get(), list(Run.objects.order_by("id").values()))
    assert post(client, "/runs/batch", batch).status_code == 202
    assert (Trace.objects.values().get(), list(Run.objects.order_by("id").values())) == before


def test_the_same_batch_twice_at_once_is_one(transactional_db: None, people: People) -> None:
    token = people.token(ApiKey.Scope.INGEST)
    ids = [str(uuid4()) for _ in range(4)]
    batch = {
        "post": [run(one) for one in ids],
        "patch": [{"id": one, "end_time": T2, "outputs": {"a": 1}} for one in ids],
    }

    def send(_number: int) -> int:
        try:
            return int(post(Client(headers={"x-api-key": token}), "/runs/batch", batch).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(send, range(8))) == [202] * 8
    assert Trace.objects.count() == Run.objects.count() == 4
    assert set(Trace.objects.values_list("run_count", "status")) == {(1, "ok")}


@pytest.mark.parametrize("time", ["99991231T235959000000Z", "00010101T000000000000Z"])
def test_an_order_with_times_that_no_clock_shows_is_not_believed(client: Client, time: str) -> None:
    odd = {"id": ROOT, "trace_id": ROOT, "name": "odd", "run_type": "chain", "dotted_order": time + ROOT}
    assert post(client, "/runs/batch", {"post": [odd, run(OTHER)]}).status_code == 202
    assert Run.objects.get(uuid=OTHER).name == "agent"
    started = client.get(f"/api/v1/runs/{ROOT}").json()["start_time"]
    assert abs(datetime.fromisoformat(started) - timezone.now()) < timedelta(minutes=5)


def test_a_long_way_up_to_the_root_is_walked(client: Client) -> None:
    ids = [str(uuid4()) for _ in range(1200)]
    runs = [run(one, parent_run_id=above) for one, above in zip(ids, [None, *ids], strict=False)]
    assert post(client, "/runs/batch", {"post": runs[::-1]}).status_code == 202
    assert [(str(trace.uuid), trace.run_count) for trace in Trace.objects.all()] == [(ids[0], 1200)]


@pytest.mark.parametrize("packed", [True, False])
def test_what_is_wrong_with_one_part_does_not_hold_up_the_others(client: Client, *, packed: bool) -> None:
    answer = send_parts(
        client,
        [
            (f"post.{ROOT}", "application/json", json.dumps(run()).encode()),
            (f"post.{CHILD}", "application/json", b"{"),
            (f"post.{OTHER}", "application/json", json.dumps(run(OTHER, run_type="agent")).encode()),
            ("what.is.this", "text/plain", b""),
        ],
        packed=packed,
    )
    assert answer.status_code == 422
    said = answer.json()["detail"]
    assert f"1 rejected: the part post.{CHILD} is not JSON" in said
    assert "1 rejected: run_type has to be one of" in said
    assert said.endswith("All else in this request is stored.")
    assert [str(uuid) for uuid in Run.objects.values_list("uuid", flat=True)] == [ROOT]


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (run(run_type="agent"), 422, "run_type has to be one of"),
        (run("x"), 422, "id has to be a UUID"),
        ([], 422, "a run has to be a JSON object"),
        (run(session_id=ROOT), 403, "session_id names no project"),
        (run(inputs={"deep": json.loads("[" * 300 + "]" * 300)}), 422, "deeper than 200 levels"),
    ],
)
def test_a_run_that_can_never_be_taken_is_refused(client: Client, body: Any, status: int, why: str) -> None:
    answer = post(client, "/runs", body)
    assert answer.status_code == status
    assert why in answer.json()["detail"]
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"\x28\xb5\x2f\xfdxx", {"Content-Encoding": "zstd"}, 400),
        (zstandard.compress(b"{}" * 100)[:-4], {"Content-Encoding": "zstd"}, 400),
        (b"{}", {"Content-Encoding": "br"}, 415),
        (zstandard.compress(b" " * 70_000_000), {"Content-Encoding": "zstd"}, 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    client: Client, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = client.generic("POST", "/api/v1/runs/batch", content, content_type="application/json", headers=headers)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_full_trace_takes_no_more_runs(client: Client, settings: Any) -> None:
    settings.MAX_RUNS_PER_TRACE = 1
    assert post(client, "/runs", run()).status_code == 202
    answer = post(client, "/runs", run(CHILD, parent_run_id=ROOT, trace_id=ROOT))
    assert answer.status_code == 422
    assert "the trace has 1 runs, and may not have more" in answer.json()["detail"]
    assert patch(client, ROOT, {"end_time": T2}).status_code == 202


def test_a_key_of_one_project_reaches_no_run_of_another(people: People, client: Client) -> None:
    post(client, "/runs", run(session_name="elsewhere"))
    confined = people.api(ApiKey.Scope.INGEST, project=people.project)
    assert patch(confined, ROOT, {"outputs": {"a": "stolen"}, "trace_id": OTHER}).status_code == 403
    assert post(confined, "/runs", run(CHILD, trace_id=ROOT, parent_run_id=ROOT)).status_code == 403
    assert send_parts(confined, [(f"attachment.{ROOT}.a", "text/plain", b"x")]).status_code == 403
    stored = Run.objects.get()
    assert (stored.outputs, stored.trace.project.name) == (None, "elsewhere")
    assert not Attachment.objects.exists()
    # What it sends itself goes to its own project, whatever it names.
    assert post(confined, "/runs", run(OTHER, session_name="elsewhere")).status_code == 202
    assert Trace.objects.get(uuid=OTHER).project == people.project


def test_the_same_ids_in_two_workspaces_are_two_runs(people: People, client: Client) -> None:
    other = Client(headers={"x-api-key": _token_elsewhere(people)})
    for sender, name in ((client, "ours"), (other, "theirs")):
        assert post(sender, "/runs", run(name=name)).status_code == 202
    assert patch(other, ROOT, {"error": "it broke", "end_time": T2}).status_code == 202
    found = Run.objects.order_by("workspace__slug").values_list("workspace__slug", "name", "status")
    assert list(found) == [("acme", "ours", "pending"), ("other", "theirs", "error")]


def _token_elsewhere(people: People) -> str:
    made = keys.create(
        workspace=people.elsewhere, name="t", scopes=[ApiKey.Scope.INGEST], by=people.outsider, now=timezone.now()
    )
    return made.token


def test_a_project_may_be_named_by_its_id(client: Client, people: People) -> None:
    project = Project.objects.create(workspace=people.workspace, name="other one", slug="other-one")
    assert post(client, "/runs", run(session_id=str(project.uuid))).status_code == 202
    assert Trace.objects.get().project == project


def test_a_header_that_names_another_workspace_is_refused(client: Client, people: People) -> None:
    def status(workspace: str) -> int:
        return client.post(
            "/api/v1/runs", json.dumps(run()), content_type="application/json", headers={"x-tenant-id": workspace}
        ).status_code

    assert status(str(people.elsewhere.uuid)) == 403
    assert status(str(people.workspace.uuid)) == 202


def test_numbers_that_postgresql_writes_out_can_be_changed_joined_and_read(client: Client, people: People) -> None:
    large = {"a": [1e300, {"b": -1e25}]}
    body = run(inputs=large, outputs=large, extra={"metadata": large}, events=[{"name": "e", "kwargs": large}])
    assert post(client, "/runs", body).status_code == 202
    assert patch(client, ROOT, {"end_time": T2, "error": "late"}).status_code == 202
    got = client.get(f"/api/v1/runs/{ROOT}").json()
    assert (got["inputs"], got["outputs"], got["error"]) == (large, large, "late")
    native = people.api("read").get(f"/api/v1/traces/{ROOT}")
    assert native.status_code == 200
    sent = call(1, attributes={"gen_ai.operation.name": "chat", "x": 1e300})
    for path, content in (
        ("traces", request([sent])),
        ("logs", log_request([record("gen_ai.user.message", span=1, body={"content": "Hi", "n": 1e300})])),
        ("logs", log_request([record("gen_ai.choice", span=1, body={"message": {"content": "Ho"}, "n": -1e25})])),
    ):
        answer = client.post(f"/v1/{path}", content, content_type="application/x-protobuf")
        assert (answer.status_code, answer.content) == (200, b"")
    assert [message["role"] for message in Run.objects.get(type="llm").messages] == ["user", "assistant"]
