"""Runs and threads of a queue by the newer addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation.models import AuditEvent, Item, Queue, Review
from tests.api.langsmith.conftest import Sdk, stored_trace
from tests.api.langsmith.queues.making import new
from tests.factories import ProjectFactory, TraceFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


def items(sdk: Sdk, queue: str, **query: Any) -> list[dict[str, Any]]:
    """All pages of a section."""
    found: list[dict[str, Any]] = []
    while True:
        page = sdk.ok("GET", f"/platform/annotation-queues/{queue}/items", **{"status": "needs_my_review"} | query)
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


def filled(people: People, sdk: Sdk, **fields: Any) -> tuple[str, list[dict[str, Any]], list[str]]:
    """A queue with two root runs and a thread; the items as they were answered, and the ids of the runs."""
    queue = new(sdk, **fields)["id"]
    roots = [str(stored_trace(people.project)[1][0].uuid) for _ in range(2)]
    TraceFactory.create(project=people.project, thread_id="t1")
    project = str(people.project.uuid)
    sent = [{"item_type": "RUN", "run_id": run, "project_id": project} for run in roots]
    sent.append({"item_type": "THREAD", "thread_id": "t1", "session_id": project})
    added = sdk.ok("POST", f"/platform/annotation-queues/{queue}/items", {"items": sent})["items"]
    return queue, added, roots


def test_runs_and_threads_stand_in_one_line(people: People, sdk: Sdk) -> None:
    queue, added, roots = filled(people, sdk)
    assert [(one["item_type"], one["run_id"], one["thread_id"]) for one in added] == [
        ("RUN", roots[0], None),
        ("RUN", roots[1], None),
        ("THREAD", None, "t1"),
    ]
    assert {(one["project_id"], one["queue_id"]) for one in added} == {(str(people.project.uuid), queue)}
    assert [bool(one["start_time"]) for one in added] == [True, True, False]
    assert items(sdk, queue) == items(sdk, queue, page_size=1) == added
    assert [one["thread_id"] for one in items(sdk, queue, item_type="THREAD")] == ["t1"]
    late = (timezone.now() + timedelta(days=1)).isoformat()
    assert [len(items(sdk, queue, **{name: late})) for name in ("min_start_time", "max_start_time")] == [0, 2]
    assert [sdk.ok("GET", f"/platform/annotation-queues/{queue}/items/count", status=name) for name in ("all", "archived")] == [
        {"count": 3},
        {"count": 0},
    ]  # fmt: skip
    sdk.ok("POST", f"/platform/annotation-queues/{queue}/items/delete", {"item_ids": [added[0]["id"], added[2]["id"]]})
    assert [one["run_id"] for one in items(sdk, queue)] == roots[1:]
    again = [{"run_id": roots[0]}, {"thread_id": "t1", "project_id": str(people.project.uuid)}]
    sdk.ok("POST", f"/platform/annotation-queues/{queue}/items", {"items": again})
    assert (len(items(sdk, queue)), Item.objects.count()) == (3, 3)


def test_each_reviewers_line_is_followed_by_its_cursor(people: People, sdk: Sdk) -> None:
    queue, [first, second, thread], _ = filled(people, sdk, num_reviewers_per_item=1)
    status = "/platform/annotation-queues/items/{}/status"
    page = sdk.ok("GET", f"/platform/annotation-queues/{queue}/items", status="needs_my_review", page_size=1)
    assert sdk.ok("POST", status.format(first["id"]), {"status": "viewed"}) == {
        "queue_item_id": first["id"], "status": "viewed", "override_added_at": None, "is_archived": False,
    }  # fmt: skip
    assert items(sdk, queue)[0]["reserved_by"] == [str(people.admin.uuid)]
    assert sdk.ok("POST", status.format(first["id"]), {"status": "completed"})["is_archived"] is True
    rest = items(sdk, queue, cursor=page["next_cursor"])  # of an item that stands elsewhere by now
    assert [one["id"] for one in rest] == [second["id"], thread["id"]]
    sdk.ok("POST", status.format(second["id"]), {"override_added_at": "2026-03-02T09:30:00Z"})
    assert [one["id"] for one in items(sdk, queue, page_size=1)] == [thread["id"], second["id"]]
    assert sdk.ok("GET", f"/platform/annotation-queues/{queue}/items/{second['id']}/placement") == {
        "section": "needs_my_review", "position": 1, "item_type": "RUN", "cursor": thread["id"],
    }  # fmt: skip
    done = items(sdk, queue, status="archived")
    assert [(one["id"], one["completed_by"]) for one in done] == [(first["id"], [str(people.admin.uuid)])]
    assert sdk.ok("GET", f"/platform/annotation-queues/{queue}/items/{first['id']}/placement")["section"] == "archived"
    moved = sdk.ok(
        "PATCH", f"/platform/annotation-queues/{queue}/items/{thread['id']}", {"added_at": "2026-03-02T09:30:00Z"}
    )
    assert moved["added_at"] == "2026-03-02T09:30:00.000000+00:00"


@pytest.mark.parametrize("order", Queue.Order.values)
def test_a_line_is_read_forwards_and_backwards_in_each_order(people: People, sdk: Sdk, order: str) -> None:
    queue, [first, second, thread], _ = filled(people, sdk)
    Queue.objects.filter(uuid=queue).update(order=order)
    Item.objects.filter(uuid=second["id"]).update(priority=5, uncertainty=0.5)
    sdk.ok(
        "POST",
        f"/platform/annotation-queues/items/{thread['id']}/status",
        {"override_added_at": "2026-03-02T09:30:00Z"},
    )
    line = [one["id"] for one in items(sdk, queue)]
    expected = {"oldest": [first, second], "random": [first, second]}.get(order, [second, first])
    assert line == [one["id"] for one in items(sdk, queue, page_size=1)] == [one["id"] for one in [*expected, thread]]

    def before(cursor: str, size: int) -> tuple[list[str], str | None]:
        query = {"status": "needs_my_review", "direction": "backward", "cursor": cursor, "page_size": size}
        page = sdk.ok("GET", f"/platform/annotation-queues/{queue}/items", **query)
        return [one["id"] for one in page["items"]], page["next_cursor"]

    assert before(line[2], 2) == (line[:2], None)
    assert before(line[2], 1) == (line[1:2], line[1])
    assert before(line[0], 1) == ([], None)


def test_a_thread_is_completed_by_what_was_said_about_it(people: People, sdk: Sdk) -> None:
    _, [_, _, thread], _ = filled(people, sdk, rubric_items=[{"feedback_key": "grade", "is_required": True}])
    status = f"/platform/annotation-queues/items/{thread['id']}/status"
    assert sdk("POST", status, {"status": "completed"}).status_code == 422
    said = {"thread_id": "t1", "project": people.project.slug, "key": "grade", "score": 0.5, "source": "api"}
    assert people.api("write").post("/api/v1/feedback", said, "application/json").status_code == 201
    assert sdk.ok("POST", status, {"status": "completed"})["is_archived"] is True
    assert Review.objects.get().answers == {"grade": 0.5}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"items": "a"}, 422),
        ({"items": [{"item_type": "PAIR", "run_id": str(uuid4())}]}, 422),
        ({"items": [{"run_id": str(uuid4())}]}, 404),
        ({"items": [{"thread_id": "t1", "project_id": str(uuid4())}]}, 404),
        ({"items": [{"thread_id": 1, "project_id": str(uuid4())}]}, 422),
    ],
)
def test_what_cannot_be_added_adds_nothing(people: People, sdk: Sdk, sent: Any, status: int) -> None:
    queue = new(sdk)["id"]
    assert sdk("POST", f"/platform/annotation-queues/{queue}/items", sent).status_code == status
    assert Item.objects.count() == 0


@pytest.mark.parametrize(
    ("query", "status"),
    [({}, 422), ({"status": "x"}, 422), ({"status": "needs_my_review", "agreement": "disagreed"}, 422),
     ({"status": "archived", "cursor": "x"}, 422), ({"status": "archived", "cursor": str(uuid4())}, 400),
     ({"status": "archived", "direction": "backward"}, 400)],
)  # fmt: skip
def test_lists_that_cannot_be_say_so(people: People, sdk: Sdk, query: dict[str, str], status: int) -> None:
    assert sdk("GET", f"/platform/annotation-queues/{new(sdk)['id']}/items", **query).status_code == status


def test_an_item_is_dated_anew_under_both_addresses_and_read_once(people: People, sdk: Sdk) -> None:
    queue, [added, *_], _ = filled(people, sdk)
    address = f"/platform/annotation-queues/{queue}/items/{added['id']}"
    with CaptureQueriesContext(connection) as queries:
        assert sdk.ok("PATCH", address, {}) == added
    assert len([query for query in queries if query["sql"].startswith('SELECT "annotation_item"."id"')]) == 1
    for path, day in ((address, "2026-03-02"), (f"/annotation-queues/{queue}/runs/{added['id']}", "2026-03-03")):
        sdk.ok("PATCH", path, {"added_at": f"{day}T09:30:00Z"})
        assert Item.objects.get(uuid=added["id"]).created_at.isoformat() == f"{day}T09:30:00+00:00"
    assert AuditEvent.objects.filter(action="item.redated", actor_id=people.admin.pk).count() == 2


def test_a_list_costs_the_same_however_long(people: People, sdk: Sdk) -> None:
    queue, _, _ = filled(people, sdk)

    def statements(size: int) -> int:
        with CaptureQueriesContext(connection) as context:
            page = sdk.ok("GET", f"/platform/annotation-queues/{queue}/items", status="needs_my_review", page_size=size)
        assert len(page["items"]) == size
        return len(context)

    assert statements(1) == statements(2) < 16


def test_a_queue_is_populated_from_projects(people: People, sdk: Sdk) -> None:
    queue = new(sdk)["id"]
    projects = [ProjectFactory.create(workspace=people.workspace) for _ in range(2)]
    traces = [stored_trace(project)[1][0] for project in projects for _ in range(2)]
    sent = {"queue_id": queue, "session_ids": [str(project.uuid) for project in projects]}
    for _ in range(2):
        sdk.ok("POST", "/annotation-queues/populate", sent)
    listed = sdk.ok("GET", f"/annotation-queues/{queue}/runs")
    assert sorted(one["id"] for one in listed) == sorted(str(run.uuid) for run in traces)
    missing = sdk("POST", "/annotation-queues/populate", sent | {"session_ids": [*sent["session_ids"], str(uuid4())]})
    assert (missing.status_code, "nothing was added" in missing.json()["detail"]) == (404, True)
