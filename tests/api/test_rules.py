"""Rules over the REST interface."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotation.domain.rules import routing
from annotation.domain.work import jobs
from annotation.models import ApiKey, Decision, Item, Job, Queue, Rule, Trace
from annotation.tasks import KINDS
from tests.factories import QueueFactory, TraceFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(people: People) -> Queue:
    return QueueFactory(workspace=people.workspace)


@pytest.fixture
def program(people: People) -> Client:
    return people.api(ApiKey.Scope.WRITE)


def post(program: Client, path: str, body: dict[str, Any], status: int = 201) -> Any:
    answer = program.post(f"/api/v1/{path}", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def new(queue: Queue, **changed: Any) -> dict[str, Any]:
    actions = [{"kind": "add_to_queue", "queue": str(queue.uuid), "priority": -1000}]
    return {"name": "Refunds", "filter": "status = error", "sample_rate": "0.25", "actions": actions, **changed}


def settled(people: People, **fields: Any) -> Trace:
    now = timezone.now()
    return TraceFactory(
        **{"project": people.project, "settled_at": now, "started_at": now - timedelta(hours=1), **fields}
    )


def test_a_rule_is_made_read_changed_and_put_away(program: Client, queue: Queue) -> None:
    made = post(program, "rules", new(queue))
    assert (made["name"], made["is_enabled"], made["failure"]) == ("Refunds", True, "")
    assert made["revision"]["filter"] == "status is error"
    assert made["revision"]["actions"] == [{"kind": "add_to_queue", "queue": str(queue.uuid), "priority": -1000}]
    path = f"/api/v1/rules/{made['id']}"
    assert program.get(path).json() == made
    assert program.get("/api/v1/rules").json() == {"results": [made], "next_cursor": None}
    changed = program.patch(path, {"sample_rate": "1"}, content_type="application/json").json()
    assert (changed["revision"]["number"], changed["revision"]["sample_rate"]) == (2, "1.000000")
    assert changed["revision"]["filter"] == "status is error"
    assert post(program, f"rules/{made['id']}/disable", {}, 200)["is_enabled"] is False
    assert post(program, f"rules/{made['id']}/enable", {}, 200)["is_enabled"] is True
    assert program.delete(path).status_code == 204
    assert program.get("/api/v1/rules").json()["results"] == []
    assert program.get(path).json()["archived_at"] is not None


def test_a_filter_that_cannot_be_read_says_where(program: Client, queue: Queue) -> None:
    error = post(program, "rules", new(queue, filter="latencey > 2s", name=" x "), 400)["error"]
    assert error["fields"] == {
        "filter": ["At character 1: There is no field `latencey`. Did you mean `latency`?"],
    }
    foreign = QueueFactory()
    error = post(program, "rules", new(foreign), 400)["error"]
    assert error["fields"] == {"actions": ["Choose a queue of this workspace that takes items."]}
    assert Rule.objects.count() == 0


def test_a_preview_counts_and_points(program: Client, people: People) -> None:
    bad = settled(people, status="error")
    settled(people)
    counted = post(program, "rules/preview", {"filter": "status is error"}, 200)
    assert counted == {
        "days": 7,
        "trace_count": 2,
        "matched_count": 1,
        "sampled_count": 1,
        "items_per_day": 1 / 7,
        "examples": [str(bad.uuid)],
    }
    error = post(program, "rules/preview", {"filter": "status is"}, 400)["error"]
    assert error["code"] == "bad_filter"
    assert error["fields"]["filter"][0].startswith("At character 10: Expected a value")
    assert (error["position"], error["hint"]) == (9, "Example: `status is error`.")


def test_a_backfill_takes_an_old_trace_that_was_judged_a_moment_ago(
    program: Client, people: People, queue: Queue
) -> None:
    judged, running = settled(people, status="error"), settled(people, status="error")
    long_ago = timezone.now() - timedelta(days=1)
    Trace.objects.filter(pk=judged.pk).update(created_at=long_ago, settled_at=None)
    Trace.objects.filter(pk=running.pk).update(settled_at=None)
    made = post(program, "rules", new(queue, sample_rate="1"))
    post(program, f"rules/{made['id']}/backfill", {"days": 7}, 202)
    jobs.drive(job_id=Job.objects.get().pk, kinds=KINDS)
    assert list(Item.objects.values_list("trace_uuid", flat=True)) == [judged.uuid]


def test_a_backfill_decides_on_the_past_once(program: Client, people: People, queue: Queue) -> None:
    bad, fine = settled(people, status="error"), settled(people)
    settled(people, status="error", project=people.other_project)
    made = post(program, "rules", new(queue, sample_rate="1"))
    for _ in range(2):
        asked = post(program, f"rules/{made['id']}/backfill", {"days": 7}, 202)
        jobs.drive(job_id=Job.objects.get(uuid=asked["id"]).pk, kinds=KINDS)
        assert Item.objects.count() == 1
    done = Job.objects.order_by("pk").values_list("status", "total_count", "done_count", "result")
    assert list(done) == [
        ("done", 2, 2, {"matched": 1, "sampled": 1, "items": 1}),
        ("done", 2, 2, {"matched": 0, "sampled": 0, "items": 0}),
    ]
    assert set(Decision.objects.values_list("trace", "is_matched", "origin")) == {
        (bad.pk, True, "backfill"),
        (fine.pk, False, "backfill"),
    }
    (logged,) = program.get(f"/api/v1/rules/{made['id']}/decisions").json()["results"]
    assert (logged["trace_id"], logged["revision"], logged["is_sampled"], logged["probability"], logged["origin"]) == (
        str(bad.uuid),
        1,
        True,
        "1.000000",
        "backfill",
    )
    assert logged["items"] == [str(Item.objects.get().uuid)]
    assert routing.sweep(now=timezone.now()).seen_count == 0
