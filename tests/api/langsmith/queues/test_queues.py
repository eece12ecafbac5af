"""Queues as the SDKs make, change, find and share them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.api.langsmith.queues import base
from annotation.domain.queues import lifecycle, rubric_versions
from annotation.domain.queues.rubric import Option, Parts, Question, QuestionKind, Rubric
from annotation.models import Item, Project, Queue, RubricVersion, Trace
from tests.api.langsmith.conftest import Sdk, stored_trace
from tests.api.langsmith.queues.making import TONE, filled, ids, new
from tests.factories import ProjectFactory
from tests.factories.datasets import DatasetFactory
from tests.factories.traces import STARTED_AT, RunFactory, TraceFactory
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


def test_a_queue_may_begin_with_an_experiment(people: People, sdk: Sdk) -> None:
    _, [root, _] = stored_trace(people.project)
    made = new(sdk, session_ids=[str(people.project.uuid)])
    assert ids(sdk.ok("GET", f"/annotation-queues/{made['id']}/runs")) == [str(root.uuid)]
    for wrong, status in (([people.project.uuid] * 2, 422), ([people.other_project.uuid], 404), (["x"], 422)):
        assert sdk("POST", "/annotation-queues", {"name": "No", "session_ids": wrong}).status_code == status
    assert Queue.objects.count() == 1


def answering(project: Project, minute: int, example: str | None, **fields: Any) -> Trace:
    """A trace whose root run answers an example."""
    uuid = uuid4()
    began = STARTED_AT + timedelta(minutes=minute)
    trace: Trace = TraceFactory.create(project=project, uuid=uuid, root_run_uuid=uuid, started_at=began, **fields)
    RunFactory.create(trace=trace, uuid=uuid, attributes={"langsmith.reference_example_id": example} if example else {})
    return trace


def test_a_queue_of_two_experiments_compares_the_answers_to_one_example(people: People, sdk: Sdk) -> None:
    mine, other = people.project, ProjectFactory.create(workspace=people.workspace)
    example, later = str(uuid4()), str(uuid4())
    ones = [answering(mine, 2, example), answering(mine, 1, later), answering(mine, 3, None)]
    others = [answering(other, 4, later), answering(other, 5, example)]
    made = new(sdk, session_ids=[str(mine.uuid), str(other.uuid)])
    assert made["queue_type"] == "pairwise"
    pairs = [{ones[1].uuid, others[0].uuid}, {ones[0].uuid, others[1].uuid}]
    stood = Item.objects.order_by("number").values_list("kind", "trace_uuid", "other_trace_uuid")
    assert [(kind, {one, two}) for kind, one, two in stood] == [("pair", pair) for pair in pairs]
    answering(mine, 6, another := str(uuid4()))
    answering(other, 7, another)
    again = {"queue_id": made["id"], "session_ids": [str(other.uuid), str(mine.uuid)]}
    assert sdk.ok("POST", "/annotation-queues/populate", again) == {"message": "3 pairs stand in the queue."}
    assert sdk.ok("GET", f"/annotation-queues/{made['id']}/total_size") == {"size": 3}
    new(sdk, name="Single", session_ids=[str(mine.uuid)])
    listed = {
        kind: [one["name"] for one in sdk.ok("GET", "/annotation-queues", queue_type=kind)]
        for kind in ("pairwise", "single")
    }
    assert listed == {"pairwise": ["Refunds"], "single": ["Single"]}


def test_projects_without_examples_pair_by_their_input_and_what_does_not_pair_makes_no_queue(
    people: People, sdk: Sdk
) -> None:
    other = ProjectFactory.create(workspace=people.workspace)
    sessions = [str(people.project.uuid), str(other.uuid)]
    for minute, said in enumerate(("Hi", "Hello")):
        answering(people.project, minute, None, input=said)
    assert sdk("POST", "/annotation-queues", {"name": "No", "session_ids": sessions}).status_code == 422
    assert Queue.objects.count() == 0
    answering(other, 3, None, input="Hello")
    assert new(sdk, session_ids=sessions)["queue_type"] == "pairwise"
    assert Item.objects.get().kind == "pair"


def test_more_pairs_than_can_be_added_add_none_and_finding_them_ends(
    people: People, sdk: Sdk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ProjectFactory.create(workspace=people.workspace)
    sent = {"name": "Pairs", "session_ids": [str(people.project.uuid), str(other.uuid)]}
    for minute, project in enumerate([people.project, other] * 3):
        answering(project, minute, None, input="Hi")
    monkeypatch.setattr(base, "MOST_POPULATED", 2)
    refused = sdk("POST", "/annotation-queues", sent)
    assert (refused.status_code, "more than 2 pairs" in refused.json()["detail"]) == (422, True)
    assert (Queue.objects.count(), Item.objects.count()) == (0, 0)
    monkeypatch.setattr(base, "MOST_POPULATED", 3)
    with CaptureQueriesContext(connection) as queries:
        sdk.ok("POST", "/annotation-queues", sent)
    assert Item.objects.filter(kind="pair").count() == 3
    said = [query["sql"] for query in queries]
    limit = f"{settings.FILTER_TIMEOUT_MILLISECONDS}ms"
    told = ["read" if "join_key" in sql else limit in sql for sql in said if "join_key" in sql or "set_config" in sql]
    assert told == [True, "read", "read", False] * 2  # both lists, by example and by input
    assert any('"trace_id" = ("annotation_trace"."id")' in sql for sql in said)  # so that one partition is looked into


def test_the_table_of_a_pairwise_queue_tells_which_was_preferred(people: People, sdk: Sdk) -> None:
    other, example = ProjectFactory.create(workspace=people.workspace), str(uuid4())
    pair = [answering(project, at, example) for at, project in enumerate((people.project, other))]
    made = new(sdk, session_ids=[str(people.project.uuid), str(other.uuid)])
    item = Item.objects.get()
    given = people.client(people.admin).put(
        f"/api/v1/items/{item.uuid}/review", {"answers": {"preference": "other"}}, content_type="application/json"
    )
    assert given.status_code == 200, given.content
    answer = sdk("POST", f"/annotation-queues/{made['id']}/export", {})
    [row] = csv.DictReader(io.StringIO(answer.getvalue().decode()))
    assert (row["trace_id"], row["other_trace_id"], row["preference"]) == (
        str(item.trace_uuid), str(item.other_trace_uuid), "other",
    )  # fmt: skip
    assert {row["trace_id"], row["other_trace_id"]} == {str(trace.uuid) for trace in pair}


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
