"""Final answers where reviewers differ, one question of the rubric at a time."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.models import AuditEvent, Feedback, Item, Review
from tests.api.langsmith.conftest import Sdk
from tests.api.langsmith.queues.making import filled
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db

RUBRIC = [
    {"feedback_key": "grade", "is_required": True},
    {"feedback_key": "tone", "is_required": True},
    {"feedback_key": "why", "is_required": True},
    {"feedback_key": "same"},
]
ADMIN = {"grade": 0.25, "tone": "Rude", "why": "It says so.", "same": 1}
REVIEWER = {"grade": 0.75, "tone": "Kind", "why": "Who knows", "same": 1}
TONES = {"type": "categorical", "categories": [{"value": 0, "label": "Rude"}, {"value": 1, "label": "Kind"}]}


def reviewed(people: People, sdk: Sdk, *answers: dict[str, Any], count: int = 1) -> str:
    """A queue of items that two people have reviewed so."""
    sdk.ok("POST", "/feedback-configs", {"feedback_key": "tone", "feedback_config": TONES})
    sdk.ok("POST", "/feedback-configs", {"feedback_key": "why", "feedback_config": {"type": "freeform"}})
    queue, _ = filled(people, sdk, count, rubric_items=RUBRIC, num_reviewers_per_item=2)
    for item in Item.objects.filter(queue__uuid=queue):
        for person, given in zip((people.admin, people.reviewer), answers, strict=True):
            sent = people.client(person).put(
                f"/api/v1/items/{item.uuid}/review", {"answers": given}, content_type="application/json"
            )
            assert sent.status_code == 200, sent.content
    return queue


def address(queue: str, key: str = "", item: Item | None = None) -> str:
    found = item or Item.objects.get(queue__uuid=queue)
    return f"/platform/annotation-queues/{queue}/items/{found.uuid}/finals/{key}"


def listed(sdk: Sdk, queue: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sdk.ok(
        "GET", f"/platform/annotation-queues/{queue}/items", **{"status": "archived"} | query
    )["items"]
    return found


def test_the_list_tells_on_what_reviewers_agree(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    [item] = listed(sdk, queue)
    assert (item["agreement_state"], item["has_unresolved_keys"]) == ("disagreed", True)
    assert {key: (one["state"], one["has_final"]) for key, one in item["key_agreements"].items()} == {
        "grade": ("disagreed", False), "tone": ("disagreed", False), "same": ("agreed", False),
    }  # fmt: skip
    assert item["key_agreements"]["same"]["answer"] == {"score": 1, "value": None, "values": None, "scores": None}
    assert item["key_agreements"]["grade"]["answer"] is None


def test_the_last_final_answer_settles_the_item_as_our_page_does(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    first = sdk.ok("PUT", address(queue, "grade"), {"score": 0.5})
    assert (first["key"], first["state"], first["has_final"], first["final"]["score"]) == (
        "grade",
        "disagreed",
        True,
        0.5,
    )
    assert Item.objects.get().adjudicated_at is None
    assert not Feedback.objects.filter(score=0.5).exists()
    [item] = listed(sdk, queue)
    assert (item["has_unresolved_keys"], item["key_agreements"]["grade"]["answer"]["score"]) == (True, 0.5)
    assert sdk.ok("PUT", address(queue, "tone"), {"value": "Kind"})["answer"]["value"] == "Kind"
    settled = Item.objects.get()
    assert (settled.adjudicated_by, settled.state) == (people.admin, "done")
    written = Review.every.get(is_adjudication=True)
    assert (written.is_authoritative, written.answers) == (True, ADMIN | {"grade": 0.5, "tone": "Kind"})
    assert Review.objects.count() == 2
    assert set(Feedback.objects.filter(review=written).values_list("key", flat=True)) == set(ADMIN)
    assert [one["has_unresolved_keys"] for one in listed(sdk, queue)] == [False]
    sdk.ok("PUT", address(queue, "grade"), {"score": 0.75})  # it may be changed
    assert Review.every.get(is_adjudication=True).answers["grade"] == 0.75


def test_a_final_answer_that_is_taken_back_opens_the_item_again_and_leaves_the_others(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    sdk.ok("PUT", address(queue, "grade"), {"score": 0.5})
    sdk.ok("PUT", address(queue, "tone"), {"value": "Kind"})
    for _ in range(2):
        assert sdk("DELETE", address(queue, "grade")).status_code == 204
    assert Item.objects.get().adjudicated_at is None
    assert not Feedback.objects.filter(review__is_adjudication=True).exists()
    [item] = listed(sdk, queue)
    assert [item["key_agreements"][key]["has_final"] for key in ("grade", "tone")] == [False, True]
    assert sdk("DELETE", address(queue, "same")).status_code == 204
    sdk.ok("PUT", address(queue, "grade"), {"score": 0})
    assert Item.objects.get().adjudicated_by == people.admin
    assert list(AuditEvent.objects.filter(action__startswith="item.").values_list("action", flat=True).order_by("id")) == [
        "item.adjudicated", "item.reopened", "item.adjudicated",
    ]  # fmt: skip


def test_a_word_from_our_page_is_final_for_all_and_what_it_left_behind_is_not(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    editor, item = people.client(people.editor), Item.objects.get()
    word = {"answer": {"answers": REVIEWER | {"grade": 1}}}
    assert editor.put(f"/api/v1/items/{item.uuid}/adjudication", word, "application/json").status_code == 200
    [told] = listed(sdk, queue)
    assert (told["has_unresolved_keys"], told["key_agreements"]["grade"]["answer"]["score"]) == (False, 1)
    assert editor.delete(f"/api/v1/items/{item.uuid}/adjudication").status_code == 204
    [told] = listed(sdk, queue)
    assert [told["key_agreements"][key]["has_final"] for key in ("grade", "tone")] == [False, False]


@pytest.mark.parametrize(
    ("key", "sent", "status", "why"),
    [
        ("nothing", {"score": 1}, 404, "no item nothing"),
        ("same", {"score": 1}, 409, "do not differ on same"),
        ("why", {"value": "x"}, 409, "do not differ on why"),
        ("grade", {"score": 2}, 422, "from 0 to 1"),
        ("grade", {"score": "2"}, 422, "score has to be a number"),
        ("grade", {"value": "x"}, 422, "needs an answer"),
        ("tone", {"value": "Cold"}, 422, "takes one of"),
        ("tone", {"values": "Cold"}, 422, "values has to be an array"),
    ],
)
def test_what_is_no_final_answer_changes_nothing(
    people: People, sdk: Sdk, key: str, sent: dict[str, Any], status: int, why: str
) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    answer = sdk("PUT", address(queue, key), sent)
    assert (answer.status_code, why in answer.json()["detail"]) == (status, True)
    assert Review.every.count() == 2


def test_an_item_that_is_still_reviewed_has_no_final_answers(people: People, sdk: Sdk) -> None:
    queue, _ = filled(people, sdk, 1, rubric_items=RUBRIC, num_reviewers_per_item=2)
    assert sdk("PUT", address(queue, "grade"), {"score": 1}).status_code == 409
    [item] = listed(sdk, queue, status="needs_my_review")
    assert (item["agreement_state"], item["key_agreements"]) == ("none", None)


def test_lists_and_counts_of_what_differs(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER, count=2)
    first, second = Item.objects.order_by("id")
    Review.objects.filter(item=second).update(answers=ADMIN)

    def found(**query: Any) -> list[str]:
        count = sdk.ok("GET", f"/platform/annotation-queues/{queue}/items/count", status="archived", **query)["count"]
        rows = [one["id"] for one in listed(sdk, queue, **query)]
        assert count == len(rows)
        return rows

    assert found(agreement="disagreed") == found(has_unresolved_keys="true") == [str(first.uuid)]
    assert found(has_unresolved_keys="false") == [str(second.uuid)]
    for key, sent in (("grade", {"score": 1}), ("tone", {"value": "Kind"})):
        sdk.ok("PUT", address(queue, key, first), sent)
    assert found(agreement="disagreed") == [str(first.uuid)]
    assert found(has_unresolved_keys="true") == []
    assert found(has_unresolved_keys="false") == [str(first.uuid), str(second.uuid)]


def test_who_may_only_review_learns_nothing_of_the_others(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    mine = Sdk(people.token("write", by=people.reviewer))
    [item] = listed(mine, queue)
    assert (item["agreement_state"], item["has_unresolved_keys"], item["key_agreements"]) == (None, None, None)
    assert (
        mine("GET", f"/platform/annotation-queues/{queue}/items", status="archived", agreement="disagreed").status_code
        == 422
    )
    assert mine("PUT", address(queue, "grade"), {"score": 1}).status_code == 403


def test_a_list_costs_the_same_however_many_differ(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER, count=3)

    def statements(size: int) -> int:
        with CaptureQueriesContext(connection) as context:
            assert len(listed(sdk, queue, page_size=size)) == size
        return len(context)

    assert statements(1) == statements(3)
