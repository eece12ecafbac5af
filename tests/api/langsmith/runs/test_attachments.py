"""Attachments: kept beside their run, handed out by a signed link, never run by a browser."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from annotation.api.langsmith.runs import attached
from annotation.domain.ingest import attachments
from annotation.models import Attachment, DeletedTrace, Run
from tests.api.langsmith.runs.sending import (
    CHILD,
    OTHER,
    ROOT,
    T0,
    T2,
    USAGE,
    run,
    send_parts,
)
from tests.fixtures.people import People


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
