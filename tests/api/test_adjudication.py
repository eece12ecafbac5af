"""Reviews that differ, over the REST interface."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from annotation.domain.queues import rubric_versions
from annotation.models import Item, Review
from tests.factories.queues import ItemFactory, QueueFactory
from tests.factories.traces import TraceFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(people: People) -> Item:
    """An item that the reviewer finds good and the admin bad."""
    queue = QueueFactory(workspace=people.workspace, reviewers_per_item=2, decides="editor")
    rubric_versions.current(queue)
    made: Item = ItemFactory(queue=queue, trace=TraceFactory(project=people.project, output="Yes"))
    for person, thumb in ((people.reviewer, "up"), (people.admin, "down")):
        put(people.client(person), made, "review", {"answers": {"thumbs": thumb}})
    return made


def put(client: Client, item: Item, act: str, given: dict[str, Any]) -> Any:
    return client.put(f"/api/v1/items/{item.uuid}/{act}", given, content_type="application/json")


def test_what_differs_is_listed_read_and_settled(people: People, item: Item) -> None:
    client = people.client(people.editor)
    listed = client.get(f"/api/v1/queues/{item.queue.uuid}/disagreements").json()["results"]
    assert [(one["id"], one["state"]) for one in listed] == [(str(item.uuid), "disagreement")]
    read = client.get(f"/api/v1/items/{item.uuid}/adjudication").json()
    assert (read["differs_on"], read["answer"]) == (["thumbs"], {})
    assert [one["answers"] for one in read["reviews"]] == [{"thumbs": "up"}, {"thumbs": "down"}]
    word = {"review": read["reviews"][1]["id"], "seen": read["token"], "note": "Policy"}
    settled = put(client, item, "adjudication", word).json()
    assert (settled["item"]["state"], settled["adjudicated_by"]) == ("done", people.editor.email)
    assert settled["answer"] == {"thumbs": "down"}
    assert client.get(f"/api/v1/items/{item.uuid}").json()["adjudicated_by"] == people.editor.email
    assert [one["is_authoritative"] for one in settled["reviews"]] == [False, True]
    assert client.get(f"/api/v1/queues/{item.queue.uuid}/disagreements").json()["results"] == []
    again = put(client, item, "adjudication", word)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "changed_meanwhile")
    assert client.delete(f"/api/v1/items/{item.uuid}/adjudication").status_code == 204
    assert client.get(f"/api/v1/items/{item.uuid}").json()["state"] == "disagreement"


def test_an_answer_of_the_editors_own_is_kept_beside_the_reviews(people: People, item: Item) -> None:
    client = people.client(people.editor)
    settled = put(client, item, "adjudication", {"answer": {"answers": {"thumbs": "down"}, "note": "Both"}}).json()
    assert (settled["written"]["note"], settled["written"]["is_authoritative"]) == ("Both", True)
    assert len(settled["reviews"]) == 2
    assert Review.objects.count() == 2
    queue = client.get(f"/api/v1/queues/{item.queue.uuid}").json()
    assert (queue["decides"], queue["counts"]["done"], queue["counts"]["disagreement"]) == ("editor", 1, 0)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "non_field_errors"),
        ({"answer": {"answers": {"thumbs": "sideways"}}}, "thumbs"),
        ({"review": "x"}, "review"),
    ],
)
def test_what_is_no_word_is_refused_with_what_is_wrong(
    people: People, item: Item, given: dict[str, Any], field: str
) -> None:
    answer = put(people.client(people.editor), item, "adjudication", given)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, [field])
    assert Item.objects.get().state == "disagreement"


def test_one_more_review_may_be_asked_for_while_there_is_somebody(people: People, item: Item) -> None:
    client = people.client(people.editor)
    address = f"/api/v1/items/{item.uuid}"
    assert client.post(f"{address}/another-review", {}, content_type="application/json").json()["extra_seats"] == 1
    still = client.get(f"{address}/adjudication")
    assert (still.status_code, still.json()["error"]["code"]) == (409, "still_open")
    put(client, item, "review", {"answers": {"thumbs": "up"}})
    nobody = client.post(f"{address}/another-review", {}, content_type="application/json")
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (409, "nobody_left")


def test_settings_of_who_decides_and_what_is_hidden(people: People) -> None:
    client = people.client(people.admin)
    made = client.post(
        "/api/v1/queues", {"name": "Blind", "blindness": {"model": True}}, content_type="application/json"
    ).json()
    assert (made["decides"], made["blindness"]) == (
        "editor", {"peers": True, "judges": False, "user_thumbs": False, "model": True},
    )  # fmt: skip
    changed = client.patch(
        f"/api/v1/queues/{made['id']}",
        {"blindness": {"judges": True}, "decides": "extra"},
        content_type="application/json",
    ).json()
    assert (changed["decides"], changed["blindness"]) == (
        "extra", {"peers": True, "judges": True, "user_thumbs": False, "model": True},
    )  # fmt: skip
