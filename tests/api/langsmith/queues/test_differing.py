"""Items by what became of their reviewers' answers: a filter lists those of which the list tells the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from annotation.models import Item, Queue, Review
from tests.api.langsmith.conftest import Sdk
from tests.api.langsmith.queues.making import filled
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db

RUBRIC = [{"feedback_key": "grade"}, {"feedback_key": "tone"}, {"feedback_key": "why"}]
TONES = {"type": "categorical", "categories": [{"value": 0, "label": "Rude"}, {"value": 1, "label": "Kind"}]}
LOW, MIDDLE, HIGH, TEXT = {"grade": 0.25}, {"grade": 0.5}, {"grade": 0.75}, {"why": "It says so."}


def reviewed(people: People, sdk: Sdk, decides: str, *given: list[dict[str, Any]]) -> tuple[str, list[Item]]:
    """A queue with an item for each of `given`: what the admin, the reviewer and, where they are called, the editor say."""
    sdk.ok("POST", "/feedback-configs", {"feedback_key": "tone", "feedback_config": TONES})
    sdk.ok("POST", "/feedback-configs", {"feedback_key": "why", "feedback_config": {"type": "freeform"}})
    uuid, _ = filled(people, sdk, len(given), rubric_items=RUBRIC, num_reviewers_per_item=2)
    Queue.objects.filter(uuid=uuid).update(decides=decides)
    items = list(Item.objects.filter(queue__uuid=uuid).order_by("id"))
    for item, answers in zip(items, given, strict=True):
        for person, said in zip((people.admin, people.reviewer, people.editor), answers, strict=False):
            sent = people.client(person).put(f"/api/v1/items/{item.uuid}/review", {"answers": said}, "application/json")
            assert sent.status_code == 200, sent.content
    return f"/platform/annotation-queues/{uuid}/items", items


def test_a_filter_lists_the_items_that_tell_the_same(people: People, sdk: Sdk) -> None:
    address, items = reviewed(
        people, sdk, "extra", [LOW, HIGH, HIGH], [LOW, HIGH, MIDDLE], [HIGH, HIGH], [TEXT, TEXT], [LOW, TEXT], [LOW]
    )
    by_majority, open_still, agreed, *_ = items

    def found(**query: Any) -> dict[str, Any]:
        rows = sdk.ok("GET", address, status="archived", **query)["items"]
        assert sdk.ok("GET", f"{address}/count", status="archived", **query)["count"] == len(rows)
        return {row["id"]: (row["agreement_state"], row["has_unresolved_keys"]) for row in rows}

    waiting = {str(open_still.uuid): ("disagreed", True)}
    decided = {str(by_majority.uuid): ("disagreed", False)}
    assert found(has_unresolved_keys="true") == waiting
    assert found(has_unresolved_keys="false") == decided | {str(agreed.uuid): ("agreed", False)}
    assert found(agreement="disagreed") == decided | waiting
    assert [state for state, _ in found().values()].count("none") == 2  # whose reviewers answered no question twice


@pytest.mark.parametrize("agreement", ["agreed", "none", "x", ""])
def test_another_agreement_than_disagreed_is_refused(people: People, sdk: Sdk, agreement: str) -> None:
    address, _ = reviewed(people, sdk, "editor")
    for path in (address, f"{address}/count"):
        answer = sdk("GET", path, status="archived", agreement=agreement)
        assert (answer.status_code, answer.json()) == (422, {"detail": "agreement has to be disagreed."})


def test_a_final_answer_is_told_with_the_time_that_is_kept(people: People, sdk: Sdk) -> None:
    one, other = LOW | {"tone": "Rude"}, HIGH | {"tone": "Kind"}
    address, [item] = reviewed(people, sdk, "editor", [one, other])
    first = sdk.ok("PUT", f"{address}/{item.uuid}/finals/grade", {"score": 0.5})
    assert datetime.fromisoformat(first["final_set_at"]) == Review.every.get(is_adjudication=True).modified_at
    last = sdk.ok("PUT", f"{address}/{item.uuid}/finals/tone", {"value": "Kind"})
    assert datetime.fromisoformat(last["final_set_at"]) == Item.objects.get().adjudicated_at
    assert (last["state"], last["has_final"], last["final"]["value"]) == ("disagreed", True, "Kind")
