"""Lists tell how far the reviewers of an item agree."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.models import Item, Review
from tests.api.langsmith.conftest import Sdk
from tests.api.langsmith.queues.differing import ADMIN, REVIEWER, address, listed, reviewed
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


def test_the_list_tells_on_what_reviewers_agree(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    [item] = listed(sdk, queue)
    assert (item["agreement_state"], item["has_unresolved_keys"]) == ("disagreed", True)
    assert {key: (one["state"], one["has_final"]) for key, one in item["key_agreements"].items()} == {
        "grade": ("disagreed", False), "tone": ("disagreed", False), "same": ("agreed", False),
    }  # fmt: skip
    assert item["key_agreements"]["same"]["answer"] == {"score": 1, "value": None, "values": None, "scores": None}
    assert item["key_agreements"]["grade"]["answer"] is None


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
