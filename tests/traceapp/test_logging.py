"""Log lines are JSON, carry the ids that join them, and never secrets or content."""

import json
import logging
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.core.cache import cache
from django.test import Client

from annotation import jobs
from annotation.domain import health
from tests.fixtures.people import People
from traceapp import logging as product


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What the product's own handler writes."""
    formatter = dict(product.configuration("INFO")["formatters"]["json"])
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(formatter.pop("()")(**formatter))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel("INFO")
    yield handler.stream
    root.removeHandler(handler)
    root.setLevel(level)


def parsed(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_a_request_is_one_line_with_its_pattern_and_user(people: People, lines: StringIO) -> None:
    people.client(people.editor).get("/password/reset/who/s3cret-t0ken/?q=private+words")
    (line,) = (line for line in parsed(lines.getvalue()) if "request" in line)
    assert line["request"] == "GET /password/reset/<str:who>/<str:token>/"
    assert (line["event"], line["code"], line["user_id"]) == ("request_finished", 410, people.editor.pk)
    assert len(line["request_id"]) == 36
    assert "s3cret" not in lines.getvalue()
    assert "private" not in lines.getvalue()


def test_the_workspace_stands_in_the_line_of_a_request_below_it(people: People, lines: StringIO) -> None:
    people.client(people.admin).get(f"/w/{people.workspace.slug}/settings/members/")
    assert parsed(lines.getvalue())[-1]["workspace_id"] == people.workspace.pk


@pytest.mark.parametrize("path", ["/api/v1/me", "/otlp/v1/traces", "/healthz", "/api/v1/nothing"])
def test_the_line_says_the_same_of_a_program_with_and_without_a_cookie(
    people: People, lines: StringIO, path: str
) -> None:
    program = people.api()
    for headers in ({}, {"cookie": "a=b"}, {"x-request-id": "mine"}):
        program.get(path, headers=headers)
    told = [line for line in parsed(lines.getvalue()) if "request" in line]
    assert len(told) == 3
    known, *others = (
        {key: value for key, value in line.items() if key not in {"request_id", "timestamp"}} for line in told
    )
    assert others == [known] * 2
    assert known["user_id"] == (people.admin.pk if path == "/api/v1/me" else None)
    assert known["ip"] == "127.0.0.1"
    assert known.get("workspace_id") == (people.workspace.pk if path == "/api/v1/me" else None)


def test_secrets_and_values_of_database_errors_are_hidden(lines: StringIO) -> None:
    quoted = "Key (email)=(a@b.c) already exists."
    try:
        raise ValueError(f"duplicate key\nDETAIL: {quoted}")  # noqa: TRY301 -- the traceback is what is tested
    except ValueError:
        structlog.get_logger("test").exception("failed", api_key="ta_abc", payload={"a": 1}, spans=3)
    (line,) = parsed(lines.getvalue())
    assert (line["api_key"], line["payload"], line["spans"]) == ("(hidden)", "(hidden)", 3)
    assert "a@b.c" not in line["exception"]
    assert "duplicate key" in line["exception"]


def test_what_cannot_be_written_as_it_is_loses_no_line(lines: StringIO) -> None:
    structlog.get_logger("test").info("odd", half="\ud83d", huge=10**40, kind=Path)
    (line,) = parsed(lines.getvalue())
    assert (line["half"], line["huge"], line["kind"]) == ("\ud83d", 10**40, repr(Path))


def test_a_task_carries_the_ids_of_the_request_that_rang_for_it(worker: Path) -> None:
    cache.delete(health._key(health.SCHEDULER))
    with structlog.contextvars.bound_contextvars(request_id="request-7", workspace_id=3):
        jobs.enqueue(jobs.JobName.HEARTBEAT)
    until = time.monotonic() + 10
    while not cache.get(health._key(health.SCHEDULER)) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.2)
    line = next(line for line in parsed(worker.read_text()) if line["event"] == "task_started")
    assert (line["request_id"], line["workspace_id"], line["task"]) == ("request-7", 3, "annotation.heartbeat")
    assert len(line["task_id"]) == 36


def test_health_names_what_is_missing(db: None, broker: object) -> None:
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "database": "ok",
        "redis": "ok",
        "worker": "no heartbeat",
        "scheduler": "no heartbeat",
    }
    health.beat(health.WORKER)
    health.beat(health.SCHEDULER)
    assert Client().get("/readyz").json()["ready"] is True
