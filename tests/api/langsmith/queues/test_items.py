"""Items of queues as clients add, read, review and export them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from annotation.domain.ingest import attachments
from annotation.domain.ingest.attachments import Attached
from annotation.domain.queues import items
from annotation.models import Feedback, Item, Membership, Reservation, Review, Run
from tests.api.langsmith.conftest import Sdk, stored_trace
from tests.api.langsmith.queues.making import TONE, filled, ids
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


def test_runs_are_added_once_listed_and_removed(people: People, sdk: Sdk) -> None:
    queue, roots = filled(people, sdk)
    _, [_, step] = stored_trace(people.project)
    key = {"run_id": str(step.uuid), "session_id": str(people.project.uuid), "start_time": "2026-03-02T09:30:00Z"}
    [added] = sdk.ok("POST", f"/annotation-queues/{queue}/runs/by-key", [key])
    item = Item.objects.get(kind="run")
    assert added == {
        "id": str(item.uuid),
        "queue_id": queue,
        "run_id": str(step.uuid),
        "added_at": item.created_at.isoformat(timespec="microseconds"),
        "last_reviewed_time": None,
    }
    for _ in range(2):
        sdk.ok("POST", f"/annotation-queues/{queue}/runs", [str(roots[0].uuid)])
    everything = [str(run.uuid) for run in (*roots, step)]
    listed = sdk.ok("GET", f"/annotation-queues/{queue}/runs")
    assert ids(listed) == everything
    assert (listed[2]["name"], listed[2]["run_type"], listed[2]["trace_id"]) == ("step 0", "tool", str(step.trace.uuid))
    assert (listed[2]["queue_run_id"], listed[2]["reserved_by"], listed[2]["completed_by"]) == (str(item.uuid), [], [])
    assert [row["name"] for row in sdk.ok("GET", f"/annotation-queues/{roots[0].uuid}/queues")] == ["Refunds"]
    assert sdk.ok("GET", "/annotation-queues")[0]["total_runs"] == 3
    assert sdk("DELETE", f"/annotation-queues/{queue}/runs/{roots[0].uuid}").status_code == 200
    assert sdk("DELETE", f"/annotation-queues/{queue}/runs/{item.uuid}").status_code == 200
    assert ids(sdk.ok("GET", f"/annotation-queues/{queue}/runs")) == [str(roots[1].uuid)]
    sdk.ok("POST", f"/annotation-queues/{queue}/runs", everything)
    assert sdk.ok("GET", f"/annotation-queues/{queue}/total_size") == {"size": 3}
    sdk.ok("POST", f"/annotation-queues/{queue}/runs/delete", {"delete_all": True, "exclude_run_ids": [everything[2]]})
    assert ids(sdk.ok("GET", f"/annotation-queues/{queue}/runs")) == [everything[2]]
    sdk.ok("POST", f"/annotation-queues/{queue}/runs/delete", {"run_ids": [everything[2]]})
    assert sdk.ok("GET", f"/annotation-queues/{queue}/runs") == []


def test_an_item_shows_its_run_as_a_query_does_without_what_others_said(people: People, sdk: Sdk) -> None:
    queue, _ = filled(people, sdk, 1)
    step = Run.objects.exclude(parent_uuid=None).get()
    sdk.ok("POST", f"/annotation-queues/{queue}/runs", [str(step.uuid)])
    sdk.ok("POST", "/feedback", {"key": "tone", "score": 1, "run_id": str(step.uuid)})
    attachments.keep(workspace=people.workspace, attached=[Attached(step.uuid, "a", "text/plain", b"x")])
    [queried] = sdk.ok("POST", "/runs/query", {"id": [str(step.uuid)]})["runs"]
    [item] = [one for one in sdk.ok("GET", f"/annotation-queues/{queue}/runs") if one["id"] == str(step.uuid)]
    assert queried.pop("feedback_stats")["tone"]["n"] == 1
    assert len(item["dotted_order"].split(".")) == 2
    assert item.pop("s3_urls").keys() == queried.pop("s3_urls").keys() == {"attachment.a"}
    assert {name: item.get(name, "missing") for name in queried} == queried
    assert "feedback_stats" not in item


def test_runs_that_are_not_there_add_nothing(people: People, sdk: Sdk) -> None:
    queue, roots = filled(people, sdk, 1)
    _, [foreign, _] = stored_trace(people.other_project)
    for runs in ([str(uuid4())], [str(roots[0].uuid), str(foreign.uuid)]):
        answer = sdk("POST", f"/annotation-queues/{queue}/runs", runs)
        assert (answer.status_code, runs[-1] in answer.json()["detail"]) == (404, True)
    assert Item.objects.count() == 1
    assert sdk("POST", f"/annotation-queues/{queue}/runs", {"runs": []}).status_code == 422


def test_a_reviewer_works_through_the_queue(people: People, sdk: Sdk) -> None:
    queue, roots = filled(people, sdk, 2, rubric_items=[{"feedback_key": "grade", "is_required": True}])

    def at(index: int) -> Any:
        return sdk("GET", f"/annotation-queues/{queue}/run/{index}")

    first, second = (at(index).json() for index in (0, 1))
    assert ids([first, second]) == [str(root.uuid) for root in roots]
    assert at(2).status_code == 404
    status = f"/annotation-queues/status/{first['queue_run_id']}"
    sdk.ok("POST", status, {"status": "viewed"})
    assert at(0).json()["reserved_by"] == [str(people.admin.uuid)]
    left = Reservation.objects.get().expires_at - datetime.now(UTC)
    assert timedelta(seconds=50) < left <= timedelta(minutes=1)
    early = sdk("POST", status, {"status": "completed"})
    assert (early.status_code, "grade" in early.json()["detail"]) == (422, True)
    sdk.ok(
        "POST", "/feedback", {"key": "grade", "score": 0.5, "run_id": first["id"], "feedback_source": {"type": "app"}}
    )
    for _ in range(2):
        sdk.ok("POST", status, {"status": "completed"})
    assert (Review.objects.get().answers, Feedback.objects.filter(key="grade").count()) == ({"grade": 0.5}, 1)
    assert at(0).json()["id"] == second["id"]
    assert [
        sdk.ok("GET", f"/annotation-queues/{queue}/{size}")["size"] for size in ("size", "total_size", "total_archived")
    ] == [1, 2, 1]
    done = sdk.ok("GET", f"/annotation-queues/{queue}/runs", status="completed")
    assert (ids(done), done[0]["completed_by"]) == ([first["id"]], [str(people.admin.uuid)])
    assert done[0]["last_reviewed_time"] is not None


@pytest.mark.parametrize(("source", "place"), [("model", 0), ("app", 1)])
def test_neither_a_models_word_nor_one_on_a_step_is_a_review(people: People, sdk: Sdk, source: str, place: int) -> None:
    queue, roots = filled(people, sdk, 1, rubric_items=[{"feedback_key": "grade", "is_required": True}])
    run = (roots[0], Run.objects.get(parent_uuid=roots[0].uuid))[place]
    said = {"key": "grade", "score": 0.5, "run_id": str(run.uuid), "feedback_source": {"type": source}}
    sdk.ok("POST", "/feedback", said)
    item = sdk.ok("GET", f"/annotation-queues/{queue}/run/0")["queue_run_id"]
    answer = sdk("POST", f"/annotation-queues/status/{item}", {"status": "completed"})
    assert (answer.status_code, "grade" in answer.json()["detail"]) == (422, True)
    assert not Review.objects.exists()


def test_sections_are_each_reviewers_own(people: People, sdk: Sdk) -> None:
    queue, roots = filled(people, sdk, 2, num_reviewers_per_item=2)
    Membership.objects.filter(user=people.editor).update(role="admin")
    other = Sdk(people.token("write", by=people.editor))
    first = sdk.ok("GET", f"/annotation-queues/{queue}/run/0")
    sdk.ok("POST", f"/annotation-queues/status/{first['queue_run_id']}", {"status": "completed"})

    def sections(who: Sdk) -> list[list[str]]:
        named = ("needs_my_review", "needs_others_review", "completed")
        return [ids(who.ok("GET", f"/annotation-queues/{queue}/runs", status=status)) for status in named]

    one, two = (str(root.uuid) for root in roots)
    assert sections(sdk) == [[two], [one], []]
    assert sections(other) == [[one, two], [], []]
    place = f"/annotation-queues/{queue}/runs/resolve/{first['queue_run_id']}"
    assert sdk.ok("GET", place) == {"section": "needs_others_review", "position": 0}
    assert other.ok("GET", place) == {"section": "needs_my_review", "position": 0}
    other.ok(
        "POST", f"/annotation-queues/status/{first['queue_run_id']}", {"override_added_at": "2026-03-02T09:30:00Z"}
    )
    assert sections(other)[0] == [two, one]
    assert other.ok("GET", place)["position"] == 1
    other.ok("POST", f"/annotation-queues/status/{first['queue_run_id']}", {"status": "completed"})
    assert sections(other) == [[two], [], [one]]
    assert sdk("GET", f"/annotation-queues/{queue}/runs", status="done").status_code == 422


def test_an_item_on_somebodys_screen_is_taken(people: People, sdk: Sdk) -> None:
    queue, _ = filled(people, sdk, 1)
    item = sdk.ok("GET", f"/annotation-queues/{queue}/run/0")["queue_run_id"]
    other = Sdk(people.token("write", by=people.editor))
    sdk.ok("POST", f"/annotation-queues/status/{item}", {"status": "viewed"})
    taken = other("POST", f"/annotation-queues/status/{item}", {"status": "viewed"})
    assert (taken.status_code, "on the screen" in taken.json()["detail"]) == (409, True)
    sdk.ok("POST", f"/annotation-queues/status/{item}", {"status": None})
    other.ok("POST", f"/annotation-queues/status/{item}", {"status": "viewed"})
    assert sdk("POST", f"/annotation-queues/status/{item}", {"status": "seen"}).status_code == 422


def test_a_flagged_item_is_given_to_nobody(people: People, sdk: Sdk) -> None:
    queue, [_, second] = filled(people, sdk, 2)
    item = Item.objects.order_by("id")[0]
    reviewer = Sdk(people.token("write", by=people.reviewer))
    items.flag(item=item, by=people.editor, reason="cut off")
    for status in ("viewed", "completed"):
        refused = reviewer("POST", f"/annotation-queues/status/{item.uuid}", {"status": status})
        assert (refused.status_code, "waits for an editor" in refused.json()["detail"]) == (409, True)
    assert reviewer.ok("GET", f"/annotation-queues/{queue}/run/0")["id"] == str(second.uuid)
    assert reviewer.ok("GET", f"/annotation-queues/{queue}/size") == {"size": 1}
    place = f"/annotation-queues/{queue}/runs/resolve/{item.uuid}"
    assert reviewer.ok("GET", place) == {"section": "needs_others_review", "position": 0}
    items.unflag(item=item, by=people.editor)
    reviewer.ok("POST", f"/annotation-queues/status/{item.uuid}", {"status": "viewed"})


def test_categories_answered_here_have_their_numbers(people: People, sdk: Sdk) -> None:
    sdk.ok("POST", "/feedback-configs", {"feedback_key": "tone", "feedback_config": TONE})
    filled(people, sdk, 1, rubric_items=[{"feedback_key": "tone"}])
    item = Item.objects.get()
    own = people.api("write").put(
        f"/api/v1/items/{item.uuid}/review", {"answers": {"tone": "Very kind"}}, content_type="application/json"
    )
    assert own.status_code == 200, own.content
    assert Feedback.objects.values_list("key", "value", "score").get() == ("tone", "Very kind", 1.0)


def test_an_export_has_what_was_said_and_runs_nothing(people: People, sdk: Sdk) -> None:
    queue, [root] = filled(people, sdk, 1, rubric_items=[{"feedback_key": "grade"}])
    trace = root.trace
    trace.input, trace.output = "=HYPERLINK(1)", "@SUM(1)"
    trace.save(update_fields=["input", "output"])
    people.api("write").put(
        f"/api/v1/items/{Item.objects.get().uuid}/review",
        {"answers": {"grade": 1}, "note": "+cmd"},
        content_type="application/json",
    )

    def table(**body: Any) -> list[dict[str, str]]:
        answer = sdk("POST", f"/annotation-queues/{queue}/export", body)
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))

    [row] = table()
    assert (row["run_id"], row["inputs"], row["outputs"]) == (str(root.uuid), "'=HYPERLINK(1)", "'@SUM(1)")
    assert (row["grade"], row["note"]) == ("1", "'+cmd")
    [row] = table(include_annotator_detail=True)
    assert (row["grade: admin@example.com"], row["note: admin@example.com"]) == ("1", "'+cmd")
    assert (row["answer: grade"], row["adjudicated_by"], row["adjudicated_at"]) == ("1", "", "")
    assert table(end_time="2026-01-01T00:00:00Z") == []
