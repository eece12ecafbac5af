"""What feedback keys mean, as the SDKs say and read it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from annotation.domain.feedback.validation import Content, Expectation, completed
from annotation.models import Feedback, FeedbackConfig
from tests.api.langsmith.conftest import Sdk
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db
TOPICS = {
    "type": "categorical",
    "categories": [{"value": 0, "label": "billing"}, {"value": 1, "label": "shipping"}],
    "allows_multiple_categories": True,
}


def make(sdk: Sdk, key: str, config: dict[str, Any], **fields: Any) -> Any:
    return sdk(
        "POST", "/feedback-configs", {"feedback_key": key, "feedback_config": config, "is_enforced": False} | fields
    )


def test_a_config_is_made_read_and_the_same_again_is_the_old_one(people: People, sdk: Sdk) -> None:
    first = make(sdk, "topics", TOPICS).json()
    assert make(sdk, "topics", TOPICS).json() == first
    assert first.pop("modified_at").startswith("20")
    assert first == {
        "id": str(FeedbackConfig.objects.get().uuid),
        "feedback_key": "topics",
        "feedback_config": {
            "type": "categorical",
            "min": None,
            "max": None,
            "categories": [{"value": 0.0, "label": "billing"}, {"value": 1.0, "label": "shipping"}],
            "allows_multiple_categories": True,
        },
        "tenant_id": str(people.workspace.uuid),
        "is_lower_score_better": None,
        "is_enforced": False,
        "is_first": True,
        "is_deleted": False,
    }
    other = make(sdk, "topics", {**TOPICS, "allows_multiple_categories": False})
    assert (other.status_code, "already exists" in other.json()["detail"]) == (400, True)
    assert make(sdk, "topics", {"type": "freeform"}).status_code == 400


@pytest.mark.parametrize(
    ("config", "read"),
    [
        (
            {"type": "continuous", "min": 0, "max": 5},
            {"type": "continuous", "min": 0.0, "max": 5.0, "categories": None},
        ),
        ({"type": "continuous"}, {"type": "continuous", "min": None, "max": None, "categories": None}),
        ({"type": "freeform"}, {"type": "freeform"}),
    ],
)
def test_other_types(people: People, sdk: Sdk, config: dict[str, Any], read: dict[str, Any]) -> None:
    assert make(sdk, "k", config, is_lower_score_better=True).json()["feedback_config"] == read
    [listed] = sdk.ok("GET", "/feedback-configs", key=["k", "x"])
    assert (listed["feedback_config"], listed["is_lower_score_better"]) == (read, True)


def test_lists_are_narrowed(people: People, sdk: Sdk) -> None:
    for key in ("alpha", "beta", "gamma"):
        make(sdk, key, {"type": "freeform"})
    names = [[row["feedback_key"] for row in sdk.ok("GET", "/feedback-configs", **query)] for query in
             ({}, {"name_contains": "ET"}, {"limit": "1", "offset": "2"}, {"is_enforced": "True"})]  # fmt: skip
    assert names == [["alpha", "beta", "gamma"], ["beta"], ["gamma"], []]


def test_changes(people: People, sdk: Sdk) -> None:
    make(sdk, "topics", TOPICS)

    def patch(**fields: Any) -> Any:
        return sdk("PATCH", "/feedback-configs", {"feedback_key": "topics", **fields})

    added = patch(add_categories=[{"value": 2, "label": "returns"}]).json()["feedback_config"]
    assert ([one["label"] for one in added["categories"]], added["allows_multiple_categories"]) == (
        ["billing", "shipping", "returns"],
        True,
    )
    left = patch(remove_categories=[0]).json()["feedback_config"]["categories"]
    assert left == [{"value": 1.0, "label": "shipping"}, {"value": 2.0, "label": "returns"}]
    assert patch(is_lower_score_better=True).json()["is_lower_score_better"] is True
    assert patch(feedback_config=TOPICS).json()["feedback_config"]["categories"][0]["label"] == "billing"
    for wrong in (
        {"add_categories": [{"value": 0, "label": "x"}]},
        {"remove_categories": [0]},
        {"remove_categories": [9]},
    ):
        assert patch(**wrong).status_code == 422
    assert patch(feedback_config={"type": "freeform"}).status_code == 400
    assert sdk("PATCH", "/feedback-configs", {"feedback_key": "nothing"}).status_code == 404


def test_a_config_is_deleted_and_its_key_can_get_another(people: People, sdk: Sdk) -> None:
    uuid = make(sdk, "k", {"type": "freeform"}).json()["id"]
    assert sdk("DELETE", "/feedback-configs").status_code == 422
    assert sdk("DELETE", "/feedback-configs", feedback_key="k").status_code == 204
    assert sdk("DELETE", "/feedback-configs", id=uuid).status_code == 404
    assert make(sdk, "k", {"type": "continuous"}).status_code == 200


@pytest.mark.parametrize(
    "config",
    [
        {"type": "stars"},
        {"type": "categorical"},
        {"type": "categorical", "categories": [{"label": "a"}]},
        {"type": "categorical", "categories": [{"value": 1, "label": 2}]},
        {"type": "continuous", "min": "low"},
        None,
        [],
    ],
)
def test_what_cannot_be_a_config(people: People, sdk: Sdk, config: Any) -> None:
    assert make(sdk, "k", config).status_code == 422
    assert not FeedbackConfig.objects.exists()


def test_bounds_in_the_wrong_order(people: People, sdk: Sdk) -> None:
    assert make(sdk, "k", {"type": "continuous", "min": 5, "max": 1}).status_code == 400


def test_a_config_comes_with_the_first_feedback_of_who_may_say_so(people: People, sdk: Sdk) -> None:
    one = {"id": str(uuid4()), "key": "topic", "run_id": str(uuid4()), "score": 1, "feedback_config": TOPICS}
    Sdk(people.token("ingest")).ok("POST", "/feedback", one)
    assert not FeedbackConfig.objects.exists()
    sdk.ok("POST", "/feedback", {**one, "id": str(uuid4())})
    assert FeedbackConfig.objects.get().key == "topic"
    assert [row.value for row in Feedback.objects.order_by("id")] == [None, "shipping"]
    refused = sdk("POST", "/feedback", {**one, "id": str(uuid4()), "score": 7})
    assert (refused.status_code, "billing, shipping" in refused.json()["detail"]) == (422, True)


def test_both_sides_of_a_category() -> None:
    takes = Expectation("categories", categories=("bad", "good"), scores={"bad": 0.0, "good": 1.0})
    said = [
        Content("k", score=1.0),
        Content("k", value="good"),
        Content("k", value=1),
        Content("k", value=["good"]),
        Content("k", value="new"),
        Content("k", comment="only"),
    ]
    assert [(one.score, one.value) for one in (completed(content, takes) for content in said)] == [
        (1.0, "good"),
        (1.0, "good"),
        (1.0, "good"),
        (None, ["good"]),
        (None, "new"),
        (None, None),
    ]
    assert completed(Content("k", score=1.0), None) == Content("k", score=1.0)
