"""Queues as the SDKs make, change, find and share them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.domain.queues import lifecycle, rubric_versions
from annotation.domain.queues.rubric import Option, Parts, Question, QuestionKind, Rubric
from annotation.models import Queue, RubricVersion
from tests.api.langsmith.conftest import Sdk, stored_trace
from tests.api.langsmith.queues.making import TONE, filled, ids, new
from tests.factories.datasets import DatasetFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


def test_a_queue_is_made_and_read(people: People, sdk: Sdk) -> None:
    dataset = DatasetFactory.create(workspace=people.workspace)
    sdk.ok("POST", "/feedback-configs", {"feedback_key": "tone", "feedback_config": TONE})
    items = [
        {
            "feedback_key": "tone",
            "description": "How did it sound?",
            "is_required": True,
            "value_descriptions": {"1": "warm"},
        },
        {"feedback_key": "Grade-2"},
    ]
    made = new(sdk, description="of refunds", rubric_instructions="Read *all*.", rubric_items=items,
               default_dataset=str(dataset.uuid), metadata={"team": "x"}, num_reviewers_per_item=2)  # fmt: skip
    assert sdk.ok("POST", "/annotation-queues", {"id": made["id"], "name": "Refunds"}) == made
    read = sdk.ok("GET", f"/annotation-queues/{made['id']}")
    rubric = read.pop("rubric_items")
    assert read.pop("rubric_instructions") == "Read *all*."
    assert read == made
    assert {name: made[name] for name in made if name not in {"id", "created_at", "updated_at"}} == {
        "tenant_id": str(people.workspace.uuid),
        "name": "Refunds",
        "description": "of refunds",
        "num_reviewers_per_item": 2,
        "enable_reservations": True,
        "reservation_minutes": 1,
        "reviewer_access_mode": "any",
        "default_dataset": str(dataset.uuid),
        "queue_type": "single",
        "metadata": {"team": "x"},
        "run_rule_id": None,
        "source_rule_id": None,
        "assigned_reviewers": [],
    }
    assert [(one["feedback_key"], one["is_required"], one["description"]) for one in rubric] == [
        ("tone", True, "How did it sound?"),
        ("Grade-2", False, None),
    ]
    assert (rubric[0]["value_descriptions"], rubric[0]["feedback_config"]["feedback_config"]["type"]) == (
        {"1": "warm"},
        "categorical",
    )
    copied = new(sdk, name="Copy", rubric_items=rubric)  # a rubric that was read makes the same rubric
    assert sdk.ok("GET", f"/annotation-queues/{copied['id']}")["rubric_items"] == rubric


def test_a_queue_may_begin_with_an_experiment_not_with_pairs_of_two(people: People, sdk: Sdk) -> None:
    _, [root, _] = stored_trace(people.project)
    made = new(sdk, session_ids=[str(people.project.uuid)])
    assert ids(sdk.ok("GET", f"/annotation-queues/{made['id']}/runs")) == [str(root.uuid)]
    for wrong, status in (([people.project.uuid] * 2, 501), ([people.other_project.uuid], 404), (["x"], 422)):
        assert sdk("POST", "/annotation-queues", {"name": "No", "session_ids": wrong}).status_code == status
    assert Queue.objects.count() == 1


def test_changes_keep_what_is_not_sent_and_make_a_version_of_the_rubric(people: People, sdk: Sdk) -> None:
    queue = new(sdk, description="before", rubric_items=[{"feedback_key": "a"}])["id"]
    sdk.ok(
        "PATCH", f"/annotation-queues/{queue}", {"rubric_items": [{"feedback_key": "b"}], "rubric_instructions": "New."}
    )
    read = sdk.ok("GET", f"/annotation-queues/{queue}")
    assert (read["name"], read["description"], read["rubric_instructions"]) == ("Refunds", "before", "New.")
    assert [one["feedback_key"] for one in read["rubric_items"]] == ["b"]
    assert RubricVersion.objects.count() == 2
    sdk.ok(
        "PATCH", f"/annotation-queues/{queue}", {"description": "after", "metadata": {"n": 1}, "reservation_minutes": 9}
    )
    read = sdk.ok("GET", f"/annotation-queues/{queue}")
    assert (read["description"], read["metadata"], read["reservation_minutes"]) == ("after", {"n": 1}, 9)
    assert RubricVersion.objects.count() == 2


def test_items_that_are_read_and_sent_back_lose_nothing_that_people_wrote(people: People, sdk: Sdk) -> None:
    queue = Queue.objects.get(
        uuid=new(sdk, rubric_items=[{"feedback_key": "tone", "score_descriptions": {"1": "ok"}}])["id"]
    )
    options = (Option(key="warm", label="Warm"), Option(key="cold", label="Cold"))
    choice = Question(key="mood", kind=QuestionKind.CHOICE, label="Which mood?", options=options)
    asked = rubric_versions.questions_of(queue)
    rubric = Rubric(questions=(*asked.questions, choice), parts=Parts(layer=False))
    lifecycle.edit(queue=queue, settings=lifecycle.settings_of(queue), rubric=rubric, by=people.admin)
    items = sdk.ok("GET", f"/annotation-queues/{queue.uuid}")["rubric_items"]
    sdk.ok("PATCH", f"/annotation-queues/{queue.uuid}", {"rubric_items": items})
    assert rubric_versions.questions_of(Queue.objects.get()) == rubric
    items[1]["is_required"] = True
    sdk.ok("PATCH", f"/annotation-queues/{queue.uuid}", {"rubric_items": items})
    changed = rubric_versions.questions_of(Queue.objects.get()).questions[1]
    assert changed == choice.model_copy(update={"is_required": True})


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"name": ""}, 422),
        ({"name": "TAKEN"}, 409),
        ({"rubric_items": [{"feedback_key": "note"}]}, 422),
        ({"rubric_items": [{"feedback_key": "two words"}]}, 422),
        ({"rubric_items": [{}]}, 422),
        ({"rubric_items": "a"}, 422),
        ({"num_reviewers_per_item": 0}, 422),
        ({"reservation_minutes": "x"}, 422),
        ({"reviewer_access_mode": "some"}, 422),
        ({"default_dataset": str(uuid4)}, 422),
        ({"metadata": []}, 422),
    ],
)
def test_queues_that_cannot_be(people: People, sdk: Sdk, wrong: dict[str, Any], status: int) -> None:
    new(sdk, name="Taken")
    assert sdk("POST", "/annotation-queues", {"name": "Refunds", **wrong}).status_code == status
    assert Queue.objects.count() == 1


def test_queues_are_found_and_deleted(people: People, sdk: Sdk) -> None:
    one, two = new(sdk), new(sdk, name="Bookings")

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in sdk.ok("GET", "/annotation-queues", **query)]

    assert names() == ["Bookings", "Refunds"]
    assert names(ids=[one["id"]]) == ["Refunds"]
    assert names(name="Refund") == []
    assert names(name_contains="efun") == ["Refunds"]
    assert names(queue_type="pairwise") == []
    assert names(assigned_to_me="true", sort_by="name", sort_by_desc="false") == ["Bookings", "Refunds"]
    assert sdk("DELETE", f"/annotation-queues/{two['id']}").status_code == 200
    assert sdk("GET", f"/annotation-queues/{two['id']}").status_code == 404
    assert names() == ["Refunds"]
    assert new(sdk, name="Bookings")["id"] != two["id"]
    assert Queue.objects.get(uuid=two["id"]).status == "archived"


def test_reviewers_are_assigned(people: People, sdk: Sdk) -> None:
    queue = new(sdk, reviewer_access_mode="assigned")["id"]
    base = f"/platform/annotation-queues/{queue}/reviewers"
    for _ in range(2):
        assert sdk("POST", base, {"identity_id": str(people.reviewer.uuid)}).status_code == 201
    read = sdk.ok("GET", f"/annotation-queues/{queue}")
    assert read["reviewer_access_mode"] == "assigned"
    assert sorted(one["email"] for one in read["assigned_reviewers"]) == ["admin@example.com", "reviewer@example.com"]
    assert sdk("POST", base, {"identity_id": str(people.viewer.uuid)}).status_code == 422
    assert sdk("POST", base, {"identity_id": str(people.outsider.uuid)}).status_code == 404
    assert sdk("DELETE", f"{base}/{people.reviewer.uuid}").status_code == 204
    assert sdk("DELETE", f"{base}/{people.admin.uuid}").status_code == 422


def test_a_list_costs_the_same_however_long(people: People, sdk: Sdk) -> None:
    counts = []
    queue, _ = filled(people, sdk, 1)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            sdk.ok("GET", f"/annotation-queues/{queue}/runs")
            sdk.ok("GET", "/annotation-queues")
        counts.append(len(queries))
        roots = [stored_trace(people.project)[1][0] for _ in range(2)]
        sdk.ok("POST", f"/annotation-queues/{queue}/runs", [str(root.uuid) for root in roots])
        new(sdk, name=str(uuid4()), reviewer_access_mode="assigned")
    assert counts[0] == counts[1]


def test_queues_of_another_workspace_are_not_there(people: People, sdk: Sdk) -> None:
    queue = Queue.objects.create(workspace=people.elsewhere, name="Theirs")
    for method, rest in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("GET", "/runs"),
        ("POST", "/runs"),
        ("GET", "/size"),
    ):
        assert sdk(method, f"/annotation-queues/{queue.uuid}{rest}", {}).status_code == 404
    assert sdk.ok("GET", "/annotation-queues") == []


def test_a_value_that_the_database_does_not_take_is_refused_for_good(people: People, sdk: Sdk) -> None:
    answer = sdk("POST", "/annotation-queues", {"name": "".join(chr(0x4E00 + n) for n in range(5_000))})
    assert (answer.status_code, "cannot be stored" in answer.json()["detail"]) == (422, True)
    assert not Queue.objects.exists()
