"""Runs as the SDKs send them: in any order, twice, at once, in several parts, and wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
import zstandard
from django.db import connections
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from annotation.api.langsmith.runs import attached
from annotation.domain.ingest import attachments
from annotation.domain.projects import keys
from annotation.models import ApiKey, Attachment, DeletedTrace, Project, Run, Trace
from tests.fixtures.logs import log_request, record
from tests.fixtures.people import People
from tests.fixtures.spans import call, request

Scope = ApiKey.Scope
ROOT, CHILD, OTHER = (f"018f6b0a-7d3a-7c11-8e5b-00000000000{digit}" for digit in "123")
T0, T1, T2 = "2026-03-02T09:30:00.000001+00:00", "2026-03-02T09:30:01.000002+00:00", "2026-03-02T09:30:02.5+00:00"
USAGE = {
    "input_tokens": 12,
    "output_tokens": 5,
    "total_tokens": 17,
    "input_token_details": {"cache_read": 4},
    "input_cost": 0.0000036,
    "output_cost": "0.0000000125",
    "total_cost": 0.0000036125,
}


@pytest.fixture
def client(people: People) -> Client:
    return people.api(Scope.INGEST, Scope.READ)


def run(identifier: str = ROOT, **more: Any) -> dict[str, Any]:
    return {"id": identifier, "name": "agent", "run_type": "chain", "start_time": T0, "inputs": {"q": "hi"}} | more


def post(client: Client, address: str, body: Any) -> Any:
    return client.post(f"/api/v1{address}", json.dumps(body), content_type="application/json")


def patch(client: Client, identifier: str, body: Any) -> Any:
    return client.patch(f"/api/v1/runs/{identifier}", json.dumps(body), content_type="application/json")


def multipart(parts: Sequence[tuple[str, str, bytes]]) -> bytes:
    body = b""
    for name, kind, content in parts:
        head = f'--bound\r\nContent-Disposition: form-data; name="{name}"\r\nContent-Type: {kind}\r\n'
        body += head.encode() + b"Content-Length: %d\r\n\r\n" % len(content) + content + b"\r\n"
    return body + b"--bound--\r\n"


def send_parts(client: Client, parts: Sequence[tuple[str, str, bytes]], *, packed: bool = True) -> Any:
    body = multipart(parts)
    return client.generic(
        "POST",
        "/api/v1/runs/multipart",
        zstandard.compress(body) if packed else body,
        content_type="multipart/form-data; boundary=bound",
        headers={"Content-Encoding": "zstd"} if packed else {},
    )


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
    token = people.token(Scope.INGEST)
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


def test_parts_of_a_packed_body_are_put_together(client: Client, people: People) -> None:
    picture = bytes(range(256)) + b"\r\n--boun\r\n"
    answer = send_parts(
        client,
        [
            (
                f"post.{ROOT}",
                "application/json",
                json.dumps({"id": ROOT, "name": "call", "run_type": "llm", "start_time": T0}).encode(),
            ),
            (f"post.{ROOT}.inputs", "application/json", b'{"q": "hi", "odd": NaN}'),
            (
                f"post.{ROOT}.extra",
                "application/json",
                b'{"metadata": {"ls_provider": "OpenAI", "ls_model_name": "small"}}',
            ),
            (f"attachment.{ROOT}.picture", f"image/png; length={len(picture)}", picture),
            (f"patch.{ROOT}", "application/json", json.dumps({"end_time": T2}).encode()),
            (f"patch.{ROOT}.outputs", "application/json", json.dumps({"usage_metadata": USAGE}).encode()),
        ],
    )
    assert (answer.status_code, answer.content) == (202, b'{"message":"Stored."}')
    stored = Run.objects.get()
    assert (stored.inputs, stored.provider, stored.model) == ({"q": "hi", "odd": "NaN"}, "openai", "small")
    assert (stored.input_tokens, stored.output_tokens, stored.total_tokens) == (12, 5, 17)
    assert stored.cost == Decimal("0.0000036125")
    kept = Attachment.objects.get()
    assert (str(kept.run_uuid), kept.name, kept.mime_type, kept.size) == (ROOT, "picture", "image/png", len(picture))
    answer = Client().get(attached.link(RequestFactory().get("/"), kept))
    assert b"".join(answer) == picture
    assert (answer["Content-Type"], answer["Content-Disposition"]) == ("image/png", 'attachment; filename="picture"')
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_link_that_was_not_signed_here_opens_nothing(db: None) -> None:
    answer = Client().get("/api/v1/attachments/ImEi:1abc:xyz")
    assert (answer.status_code, answer.json()["detail"][:26]) == (404, "This link is not valid any")


def test_a_link_opens_nothing_after_its_time(client: Client, settings: Settings) -> None:
    settings.ATTACHMENT_LINK_SECONDS = 600
    send_parts(client, [(f"attachment.{ROOT}.note", "text/plain", b"hi")])
    link = attached.link(RequestFactory().get("/"), Attachment.objects.get())
    with time_machine.travel(timezone.now() + timedelta(seconds=590)):
        assert b"".join(Client().get(link)) == b"hi"
    with time_machine.travel(timezone.now() + timedelta(seconds=610)):
        answer = Client().get(link)
    assert (answer.status_code, answer.json()["detail"][:26]) == (404, "This link is not valid any")


def test_what_a_browser_might_run_is_bytes_to_it(client: Client) -> None:
    send_parts(client, [(f"attachment.{ROOT}.page", "text/html", b"<script>")])
    answer = Client().get(attached.link(RequestFactory().get("/"), Attachment.objects.get()))
    assert (answer["Content-Type"], b"".join(answer)) == ("application/octet-stream", b"<script>")


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("a\0b", "text/plain", ("a\ufffdb", "text/plain")),
        ("a\n", "text/plain", ("a\ufffd", "text/plain")),
        ("a", "text/\0plain", ("a", "application/octet-stream")),
        ("a", "image/png\nx: y", ("a", "application/octet-stream")),
    ],
)
def test_an_attachment_with_an_odd_name_or_type_is_kept_and_handed_out(
    client: Client, name: str, kind: str, kept: tuple[str, str]
) -> None:
    parts = [
        (f"post.{ROOT}", "application/json", json.dumps(run()).encode()),
        (f"attachment.{ROOT}.{name}", kind, b"x"),
    ]
    assert send_parts(client, parts).status_code == 202
    [(shown, file)] = client.get(f"/api/v1/runs/{ROOT}").json()["s3_urls"].items()
    assert (shown, file["mime_type"]) == (f"attachment.{kept[0]}", kept[1])
    answer = Client().get(file["presigned_url"])
    assert (answer["Content-Type"].partition(";")[0], b"".join(answer)) == (kept[1], b"x")


def test_nothing_of_a_deleted_trace_is_kept(client: Client, people: People) -> None:
    DeletedTrace.objects.create(workspace=people.workspace, trace_uuid=ROOT)
    parts = [
        (f"{kind}.{identifier}{rest}", "application/json", json.dumps(run(identifier, trace_id=trace)).encode())
        for identifier, trace in ((ROOT, ROOT), (CHILD, ROOT), (OTHER, OTHER))
        for kind, rest in (("post", ""), ("attachment", ".a"))
    ]
    answer = send_parts(client, parts)
    assert (answer.status_code, "4 rejected: the trace was deleted" in answer.json()["detail"]) == (422, True)
    assert [str(one.run_uuid) for one in Attachment.objects.all()] == [OTHER]
    assert [str(one.uuid) for one in Run.objects.all()] == [OTHER]


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


def test_an_attachment_again_is_the_same_and_another_takes_its_place(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    def send(content: bytes) -> None:
        assert send_parts(client, [(f"attachment.{ROOT}.a", "text/plain", content)], packed=False).status_code == 202

    send(b"one")
    first = Attachment.objects.get()
    send(b"one")
    assert Attachment.objects.get().path == first.path
    with django_capture_on_commit_callbacks(execute=True):
        send(b"two")
    with attachments.storage().open(Attachment.objects.get().path) as kept:
        assert kept.read() == b"two"
    assert not attachments.storage().exists(first.path)


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
    confined = people.api(Scope.INGEST, project=people.project)
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
        workspace=people.elsewhere, name="t", scopes=[Scope.INGEST], by=people.outsider, now=timezone.now()
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
