"""Queues through the REST interface: made, filled, reviewed, decided."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from annotation.domain.queues import lifecycle, rubric
from annotation.domain.queues.settings import QueueSettings
from annotation.models import Dataset, Draft, Example, Item, Queue, Review, Trace
from tests.factories.traces import RunFactory, TraceFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db

JSON = "application/json"


@pytest.fixture
def queue(people: People) -> Queue:
    """Open to all, with a dataset."""
    dataset = Dataset.objects.create(workspace=people.workspace, name="Refunds")
    settings = QueueSettings(name="Refunds", target_dataset=dataset)
    return lifecycle.create(workspace=people.workspace, settings=settings, rubric=rubric.default(), by=people.admin)


@pytest.fixture
def trace(people: People) -> Trace:
    made: Trace = TraceFactory(project=people.project, input="Refund?", output="Yes.", thread_id="t 1")
    return made


def reviewing(people: People) -> Client:
    """The reviewer's browser."""
    return people.client(people.reviewer)


def add(people: People, queue: Queue, **what: Any) -> Any:
    return people.api().post(f"/api/v1/queues/{queue.uuid}/items", what, content_type=JSON)


def test_adding_nothing_is_refused_with_what_can_be_named(people: People, queue: Queue, trace: Trace) -> None:
    refused = add(people, queue, trace_ids=[str(trace.uuid)])
    assert refused.status_code == 400
    assert "traces" in str(refused.json()["error"]["fields"])


def test_a_method_that_is_not_there_names_those_that_are(people: People, queue: Queue) -> None:
    answer = people.api().delete(f"/api/v1/queues/{queue.uuid}/claim")
    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")


def test_the_whole_way_from_trace_to_row(people: People, queue: Queue, trace: Trace) -> None:
    added = add(people, queue, traces=[str(trace.uuid)], why="refund promised").json()
    assert (added["added_count"], added["added"][0]["reason"]["summary"]) == (
        1,
        "Added through the API by admin · refund promised",
    )
    client = reviewing(people)
    claim = client.post(f"/api/v1/queues/{queue.uuid}/claim").json()
    assert (claim["item"]["trace_id"], claim["rubric"]["questions"][0]["key"], claim["draft"]) == (
        str(trace.uuid),
        "thumbs",
        None,
    )
    item = f"/api/v1/items/{claim['item']['id']}"
    draft = client.put(f"{item}/draft", {"note": "hm"}, content_type=JSON)
    assert (draft.status_code, client.get(f"{item}/draft").json()["note"]) == (204, "hm")
    given = {"answers": {"thumbs": "down"}, "labels": ["Wrong policy"], "layer": "model", "correction": "No."}
    review = client.put(f"{item}/review", given, content_type=JSON).json()
    assert (review["correction_state"], review["reviewer"], review["labels"][0]["name"]) == (
        "proposed",
        "reviewer@example.com",
        "Wrong policy",
    )
    waiting = people.client(people.editor).get("/api/v1/reviews?correction_state=proposed").json()["results"]
    assert [one["id"] for one in waiting] == [review["id"]]
    decided = people.api().post(f"/api/v1/reviews/{review['id']}/accept", {"seen": 1}, content_type=JSON).json()
    assert (decided["correction_state"], decided["decided_by"]) == ("accepted", "admin@example.com")
    assert list(Example.objects.values_list("inputs", "outputs")) == [({"input": "Refund?"}, {"output": "No."})]


def test_a_review_that_the_caller_has_not_read_is_not_replaced(people: People, queue: Queue, trace: Trace) -> None:
    item = f"/api/v1/items/{add(people, queue, traces=[str(trace.uuid)]).json()['added'][0]['id']}"
    client = reviewing(people)

    def submit(thumbs: str, **known: int) -> Any:
        return client.put(f"{item}/review", {"answers": {"thumbs": thumbs}, **known}, content_type=JSON)

    assert submit("up", seen=0).json()["submission_count"] == 1
    assert submit("up", seen=0).json()["submission_count"] == 1  # the same again is no other answer
    refused = submit("down", seen=0)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "review_changed")
    assert client.get(f"{item}/review").json()["answers"] == {"thumbs": "up"}
    assert client.get(f"{item}/draft").json()["answers"] == {"thumbs": "down"}
    assert submit("down", seen=1).json()["answers"] == {"thumbs": "down"}
    assert submit("up").json()["submission_count"] == 3


@pytest.mark.parametrize("depth", [101, 300, 1000])
def test_what_is_nested_too_deeply_says_how_deep_it_may_be(
    people: People, queue: Queue, trace: Trace, depth: int
) -> None:
    item = f"/api/v1/items/{add(people, queue, traces=[str(trace.uuid)]).json()['added'][0]['id']}"
    client, deep, deepest = reviewing(people), "[" * depth + "]" * depth, "[" * 100 + "]" * 100
    body = '{"answers": {"thumbs": "down"}, "correction": %s, "note": "a \\u0000"}'

    def put(where: str, sent: str) -> Any:
        return client.put(f"{item}/{where}", body % sent, content_type=JSON)

    refused = [put(where, deep) for where in ("draft", "review")]
    assert [answer.status_code for answer in refused] == [400, 400]
    words = "nested too deeply" if depth == 1000 else "nested too deeply: at most 100 lists and objects"
    assert [words in answer.content.decode() for answer in refused] == [True, True]
    assert (Review.objects.count(), Draft.objects.count()) == (0, 0)
    assert put("review", deepest).json()["correction"] == json.loads(deepest)


def test_what_does_not_fit_says_which_question(people: People, queue: Queue, trace: Trace) -> None:
    item = add(people, queue, traces=[str(trace.uuid)]).json()["added"][0]["id"]
    answer = reviewing(people).put(f"/api/v1/items/{item}/review", {"answers": {"mood": 1}}, content_type=JSON)
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "code": "invalid_review",
        "message": "The review does not fit its rubric.",
        "fields": {"mood": ["The rubric has no question “mood”."], "thumbs": ["“Was this good?” needs an answer."]},
        "hint": "What you sent is kept as your draft.",
    }


STEP = {"run": "018f0000-0000-7000-8000-000000000000", "thumb": "up"}


@pytest.mark.parametrize(
    ("act", "sent", "told"),
    [
        ("review", {"label": ["Wrong policy"]}, "'label' is not one of answers, labels, evidence"),
        ("draft", {"label": ["Wrong policy"]}, "'label' is not one of answers, labels, evidence"),
        ("review", {"steps": [{**STEP, "label": ["Wrong policy"]}]}, "'label' is not one of run, thumb, labels"),
        ("review", {"labels": ["a"], "evidence": [{"label": "a", "txt": "b"}]}, "'txt' is not one of label, run, text"),
        ("adjudication", {"answer": {"label": ["Wrong policy"]}}, "'label' is not one of answers, labels, evidence"),
        ("adjudication", {"answer": {}, "sen": "x"}, "'sen' is not one of seen, review, answer, note"),
    ],
)
def test_a_misspelt_member_is_told_rather_than_lost(
    people: People, queue: Queue, trace: Trace, act: str, sent: dict[str, Any], told: str
) -> None:
    item = f"/api/v1/items/{add(people, queue, traces=[str(trace.uuid)]).json()['added'][0]['id']}"
    given = sent if act == "adjudication" else {"answers": {"thumbs": "down"}, **sent}
    answer = people.client(people.editor).put(f"{item}/{act}", given, content_type=JSON)
    assert (answer.status_code, told in answer.content.decode()) == (400, True)
    assert (Review.objects.count(), Draft.objects.count()) == (0, 0)


def test_a_draft_is_sent_back_in_the_form_in_which_it_was_told(people: People, queue: Queue, trace: Trace) -> None:
    item = f"/api/v1/items/{add(people, queue, traces=[str(trace.uuid)]).json()['added'][0]['id']}"
    client = reviewing(people)
    assert client.put(f"{item}/draft", {"steps": [STEP], "note": "hm"}, content_type=JSON).status_code == 204
    told = [client.get(f"{item}/draft").json(), client.post(f"{item}/claim").json()["draft"]]
    assert told[0] == told[1]
    assert [client.put(f"{item}/draft", one, content_type=JSON).status_code for one in told] == [204, 204]


def test_a_misspelt_setting_is_told_rather_than_passed_over(people: People, queue: Queue) -> None:
    address, api = f"/api/v1/queues/{queue.uuid}", people.api()
    settings = api.patch(address, {"reviewer_per_item": 2}, content_type=JSON)
    assert "'reviewer_per_item' is not one of name" in settings.json()["error"]["fields"]["reviewer_per_item"][0]
    masking = api.patch(address, {"masking": {"kind": ["email"]}}, content_type=JSON)
    assert masking.json()["error"]["fields"] == {"masking": {"kind": ["'kind' is not one of kinds, patterns."]}}
    filled = api.post(f"{address}/fill", {"previw": True}, content_type=JSON)
    assert (filled.status_code, "previw" in filled.json()["error"]["fields"]) == (400, True)


@pytest.mark.parametrize("what", ["draft", "review"])
def test_null_is_no_review_and_leaves_the_draft(people: People, queue: Queue, trace: Trace, what: str) -> None:
    item = f"/api/v1/items/{add(people, queue, traces=[str(trace.uuid)]).json()['added'][0]['id']}"
    client = reviewing(people)
    assert client.put(f"{item}/draft", {"note": "hm"}, content_type=JSON).status_code == 204
    answer = client.put(f"{item}/{what}", "null", content_type=JSON)
    assert (answer.status_code, answer.json()["error"]["fields"]) == (
        400, {"non_field_errors": ["No data provided"]},
    )  # fmt: skip
    assert client.get(f"{item}/draft").json()["note"] == "hm"


def test_an_item_that_somebody_has_is_not_given_to_another(people: People, queue: Queue, trace: Trace) -> None:
    item = add(people, queue, traces=[str(trace.uuid)]).json()["added"][0]["id"]
    reviewing(people).post(f"/api/v1/items/{item}/claim")
    other = people.client(people.editor)
    taken = other.post(f"/api/v1/items/{item}/claim")
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "item_taken")
    none = other.post(f"/api/v1/queues/{queue.uuid}/claim")
    assert (none.status_code, none.json()["error"]["message"]) == (
        409,
        "Nothing is left for you in “Refunds”: 1 with other people.",
    )
    assert reviewing(people).post(f"/api/v1/items/{item}/release").status_code == 204
    assert other.post(f"/api/v1/items/{item}/claim").status_code == 200
    assert "expires_at" in other.post(f"/api/v1/items/{item}/heartbeat").json()


def test_skip_flag_remove_restore(people: People, queue: Queue, trace: Trace) -> None:
    item = f"/api/v1/items/{add(people, queue, traces=[str(trace.uuid)]).json()['added'][0]['id']}"
    client, editor = reviewing(people), people.client(people.editor)
    assert client.post(f"{item}/skip", {"reason": "later"}, content_type=JSON).status_code == 204
    flagged = client.post(f"{item}/flag", {"reason": "cut off"}, content_type=JSON).json()
    assert flagged["flag_reason"] == "cut off"
    assert editor.delete(f"{item}/flag").status_code == 204
    assert editor.delete(item).status_code == 204
    assert [
        one["state"] for one in editor.get(f"/api/v1/queues/{queue.uuid}/items?state=removed").json()["results"]
    ] == ["removed"]
    assert editor.get(f"/api/v1/queues/{queue.uuid}/items").json()["results"] == []
    again = add(people, queue, traces=[str(trace.uuid)]).json()
    assert (again["added_count"], again["removed_count"]) == (0, 1)
    assert editor.post(f"{item}/restore").json()["state"] == "open"


def test_an_editor_changes_the_priority_of_an_item_and_nobody_else(people: People, queue: Queue, trace: Trace) -> None:
    added = add(people, queue, traces=[str(trace.uuid)], priority=2).json()["added"][0]
    path, editor = f"/api/v1/items/{added['id']}", people.client(people.editor)
    changed = editor.patch(path, {"priority": 40}, content_type=JSON)
    assert (added["priority"], changed.json()) == (2, added | {"priority": 40})
    for sent, words in (
        ({"priority": 1001}, "Ensure this value is less than or equal to 1000."),
        ({}, "This field is required."),
    ):
        refused = editor.patch(path, sent, content_type=JSON)
        assert (refused.status_code, refused.json()["error"]["fields"]) == (400, {"priority": [words]})
    assert reviewing(people).patch(path, {"priority": 1}, content_type=JSON).status_code == 403
    assert reviewing(people).get(path).json()["priority"] == 40


def test_runs_and_threads_go_in_and_unknown_ones_stop_all(people: People, queue: Queue, trace: Trace) -> None:
    run, unknown = RunFactory(trace=trace), uuid.uuid4()
    added = add(people, queue, runs=[str(run.uuid)], threads=[{"project": "booking", "thread_id": "t 1"}]).json()
    assert [(one["kind"], one["run_id"], one["thread_id"]) for one in added["added"]] == [
        ("run", str(run.uuid), None),
        ("thread", None, "t 1"),
    ]
    refused = add(people, queue, traces=[str(trace.uuid), str(unknown)])
    assert (refused.status_code, refused.json()["error"]["fields"]) == (
        400,
        {"traces": [f"There is no trace {unknown}."]},
    )
    assert Item.objects.count() == 2


def test_a_queue_is_made_changed_and_paused(people: People) -> None:
    api = people.api()
    question = {"key": "tone", "kind": "choice", "label": "Tone", "options": [{"key": "a", "label": "A"}]}
    wanted = {"name": "Tone", "reviewers": ["reviewer@example.com"], "is_open_to_all": False}
    refused = api.post("/api/v1/queues", {**wanted, "rubric": {"questions": [question]}}, content_type=JSON)
    assert "at least two options" in refused.json()["error"]["fields"]["rubric"][0]
    made = api.post("/api/v1/queues", wanted, content_type=JSON).json()
    assert (made["reviewers"], made["rubric_version"], made["status"]) == (["reviewer@example.com"], 1, "active")
    question["options"] = [{"key": "a", "label": "A"}, {"key": "b", "label": "B"}]
    address = f"/api/v1/queues/{made['id']}"
    changed = api.patch(address, {"rubric": {"questions": [question]}, "status": "paused"}, content_type=JSON).json()
    assert (changed["rubric_version"], changed["status"], changed["name"]) == (2, "paused", "Tone")
    assert changed["rubric"]["questions"][0]["options"][1] == {"key": "b", "label": "B"}
    stuck = api.patch(address, {"status": "draft"}, content_type=JSON)
    assert (stuck.status_code, stuck.json()["error"]["fields"]) == (
        400,
        {"status": ["A queue that is paused cannot become draft."]},
    )


def test_a_reviewer_takes_a_submission_back_and_sees_only_their_own(people: People, queue: Queue, trace: Trace) -> None:
    item = add(people, queue, traces=[str(trace.uuid)]).json()["added"][0]["id"]
    client = reviewing(people)
    review = client.put(f"/api/v1/items/{item}/review", {"answers": {"thumbs": "up"}}, content_type=JSON).json()
    assert [one["id"] for one in client.get(f"/api/v1/reviews?queue={queue.uuid}").json()["results"]] == [review["id"]]
    back = client.post(f"/api/v1/reviews/{review['id']}/undo").json()
    assert (back["item"]["id"], back["draft"]["answers"]) == (item, {"thumbs": "up"})
    assert client.get("/api/v1/reviews").json()["results"] == []


def test_versions_of_a_review_tell_the_time_spent_up_to_each(people: People, queue: Queue, trace: Trace) -> None:
    uuid = add(people, queue, traces=[str(trace.uuid)]).json()["added"][0]["id"]
    client = reviewing(people)
    client.post(f"/api/v1/items/{uuid}/claim")
    for took in (1_500, 2_000, 0):
        given = {"answers": {"thumbs": "up"}, "note": str(took), "active_ms": took}
        client.put(f"/api/v1/items/{uuid}/review", given, content_type=JSON)
    one = f"/api/v1/reviews/{Review.objects.get().uuid}"

    def times() -> list[int]:
        return [version["review"]["active_ms"] for version in client.get(f"{one}/versions").json()]

    assert times() == [3_500, 3_500, 1_500]
    client.post(f"{one}/undo")
    assert times() == [3_500, 1_500]
    assert client.get(one).json()["active_ms"] == 3_500


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_the_same_statements_for_one_row_and_three(
    people: People, queue: Queue, count: int, django_assert_num_queries: Any
) -> None:
    traces = [TraceFactory(project=people.project) for _ in range(count)]
    for number in range(2, count + 1):
        settings = QueueSettings(name=f"Queue {number}")
        lifecycle.create(workspace=people.workspace, settings=settings, rubric=rubric.default(), by=people.admin)
    add(people, queue, traces=[str(one.uuid) for one in traces])
    client = people.client(people.editor)
    with django_assert_num_queries(7):
        assert len(client.get("/api/v1/queues").json()["results"]) == count
    with django_assert_num_queries(5):
        assert len(client.get(f"/api/v1/queues/{queue.uuid}/items").json()["results"]) == count


def test_a_flag_keeps_an_item_from_all_but_editors_until_it_is_withdrawn(
    people: People, queue: Queue, trace: Trace
) -> None:
    item = f"/api/v1/items/{add(people, queue, traces=[str(trace.uuid)]).json()['added'][0]['id']}"
    client, editor, other = reviewing(people), people.client(people.editor), people.client(people.admin)
    flagged = client.post(f"{item}/flag", {"reason": "cut off"}, content_type=JSON).json()
    assert flagged["flagged_by"] == people.reviewer.email
    refused = [
        client.post(f"{item}/claim"),
        client.post(f"{item}/heartbeat"),
        client.put(f"{item}/review", {"answers": {"thumbs": "up"}}, content_type=JSON),
    ]
    assert [(one.status_code, one.json()["error"]["code"]) for one in refused] == [(409, "item_flagged")] * 3
    assert editor.post(f"{item}/claim").json()["item"]["flagged_by"] is None  # others are not told of in this queue
    assert other.post(f"{item}/take-over").status_code == 200
    assert [client.delete(f"{item}/flag").status_code for _ in range(2)] == [204, 204]
    assert other.post(f"{item}/flag", {}, content_type=JSON).status_code == 200
    mine = client.delete(f"{item}/flag")
    assert (mine.status_code, mine.json()["error"]["code"]) == (409, "flag_of_another")
    assert client.get(item).json()["flagged_at"] is not None
    assert client.get(f"/api/v1/queues/{queue.uuid}/items?state=flagged_by_me").json()["results"] == []
    assert [editor.delete(f"{item}/flag").status_code for _ in range(2)] == [204, 204]
