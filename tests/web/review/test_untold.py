"""A reviewer cannot tell gold items and re-tests from any other: not by a page, a count, or what a program of theirs reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotation.domain.queues import assignment
from annotation.domain.reviews import submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Feedback, Item, Probe, Queue, Review
from tests.fixtures.people import People
from tests.web.review.conftest import Line

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]

ORDINARY, GOLD, AGAIN = 1, 2, 3
STATES = ("all", "open", "done", "adjudicated", "needs_my_review", "needs_others_review", "skipped_by_me")
SECTIONS = ("needs_my_review", "needs_others_review", "completed")


@pytest.fixture
def line(make_line: MakeLine, people: People) -> Line:
    """One that is new, one that an editor has judged (and twelve more, of which nobody was given any), and one that the
    reviewer judged last month.
    """
    made = make_line(15, gold_percent=5, retest_percent=5)
    month_ago = timezone.now() - timedelta(days=30)
    for number, person in ((GOLD, people.editor), (AGAIN, people.reviewer), (4, people.editor)):
        given = ReviewInput(answers={"thumbs": "down"}, note="Said long ago.")
        submit.submit(item=made.items[number - 1], by=person, answers=given, now=month_ago)
    Item.objects.filter(number__in=[GOLD, 4]).update(gold={"thumbs": "down"})
    return made


def give(line: Line, people: People, number: int) -> None:
    """Put the item on the reviewer's screen, as a claim would."""
    kind = {GOLD: "gold", AGAIN: "retest"}.get(number)
    if kind:
        Probe.objects.create(item=line.items[number - 1], reviewer=people.reviewer, kind=kind)
    assignment.claim_item(item=line.items[number - 1], by=people.reviewer, now=timezone.now())


def told(line: Line, client: Client, program: Client, number: int) -> dict[str, Any]:
    """All that the reviewer can read of the item, without what is its own: number, ids and times."""
    item, api = line.items[number - 1], "/api/v1"
    here, queue = f"/w/acme/queues/{line.queue.uuid}/", f"{api}/queues/{line.queue.uuid}"
    protocol = f"{api}/annotation-queues/{line.queue.uuid}"
    page = words(client, line.page(number))
    one = client.get(f"{api}/items/{item.uuid}").json()
    found: dict[str, Any] = {
        "page": ("editing your review" in page, "Said long ago." in page, "Fine." in page),
        "item": {name: one[name] for name in ("state", "review_count", "extra_seats", "adjudicated_at", "flagged_at")},
        "review": client.get(f"{api}/items/{item.uuid}/review").json().get("note"),
        "reviews": [one["note"] for one in results(client, f"{api}/reviews?item={item.uuid}")],
        "counts": client.get(queue).json()["counts"],
        "last": re.findall(rf"Item {number}\b.*?Take back", words(client, f"{here}review/recent/")) != [],
        "mine": [said in words(client, f"{here}review/own/?item={number}") for said in ("Said long ago.", "Fine.")],
        "places": [
            program.get(f"{protocol}/runs/resolve/{item.uuid}").json()["section"],
            *(program.get(f"{protocol}/size?status={one}").json()["size"] > 0 for one in SECTIONS),
        ],
    }
    for state in STATES:
        listed = {one["id"]: one["state"] for one in results(client, f"{queue}/items?state={state}")}
        found[f"list {state}"] = listed.get(str(item.uuid))
    for state in STATES[4:]:
        rows = re.findall(rf"/items/{number}/\?state", client.get(f"{here}?state={state}").content.decode())
        found[f"page of {state}"] = bool(rows)
    for section in SECTIONS:
        runs = program.get(f"{protocol}/runs?status={section}").json()
        found[f"section {section}"] = str(item.uuid) in [run["queue_run_id"] for run in runs]
    return found


def words(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(answer.content.decode().split())


def results(client: Client, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(address).json()["results"]
    return found


@pytest.mark.parametrize("number", [GOLD, AGAIN])
def test_on_the_screen_and_afterwards_all_that_is_told_is_as_of_an_ordinary_one(
    line: Line, people: People, number: int
) -> None:
    client = people.client(people.reviewer)
    program = Client(headers={"x-api-key": people.token("write", by=people.reviewer)})
    seen = {}
    for one in (ORDINARY, number):
        give(line, people, one)
        on_screen = told(line, client, program, one)
        client.post(line.page(one, "submit"), line.form(one, **{"answer-thumbs": "up", "note": "Fine."}))
        seen[one] = on_screen, told(line, client, program, one)
    assert seen[number][0] == seen[ORDINARY][0]
    assert seen[ORDINARY][0]["item"]["state"] == "open"
    assert seen[number][1] == seen[ORDINARY][1]
    assert (seen[number][1]["review"], seen[number][1]["last"]) == ("Fine.", True)


def test_what_was_not_given_yet_cannot_be_looked_up(line: Line, people: People) -> None:
    client, gold = people.client(people.reviewer), line.items[GOLD - 1]
    assert client.get(line.page(GOLD)).status_code == 404
    assert client.get(f"/api/v1/items/{gold.uuid}").status_code == 404
    assert client.get(f"/w/acme/traces/{gold.trace_uuid}/").status_code == 404
    assert [one["number"] for one in results(client, f"/api/v1/queues/{line.queue.uuid}/items")] == [AGAIN]
    give(line, people, GOLD)
    assert client.get(line.page(GOLD)).status_code == 200
    Queue.objects.update(gold_percent=0, retest_percent=0)
    assert len(results(client, f"/api/v1/queues/{line.queue.uuid}/items")) == 15, "elsewhere all is shown"


def test_counts_are_rough_and_so_do_not_tell_which_submission_moved_them(line: Line, people: People) -> None:
    client = people.client(people.reviewer)
    at = f"/api/v1/queues/{line.queue.uuid}"
    before = client.get(at).json()["counts"]
    assert (before["total"], before["done"], before["left"], before["is_rough"]) == (15, 0, 20, True)
    for number in (ORDINARY, GOLD, AGAIN):
        give(line, people, number)
        assert client.get(at).json()["counts"] == before
        client.post(line.page(number, "submit"), line.form(number, **{"answer-thumbs": "up"}))
        assert client.get(at).json()["counts"] == before
    exact = people.client(people.editor).get(at).json()["counts"]
    assert (exact["done"], exact["is_rough"]) == (4, False)
    assert "20 left for you, about" in re.sub(
        r"<[^>]+>| +", " ", words(client, f"/w/acme/queues/{line.queue.uuid}/")
    ).replace("  ", " ")


def test_an_answer_is_taken_back_edited_and_found_by_its_id_as_a_review_is(line: Line, people: People) -> None:
    client = people.client(people.reviewer)
    give(line, people, GOLD)
    given = {"answers": {"thumbs": "up"}, "correction": "Not refundable.", "note": "First.", "layer": "model"}
    put = client.put(f"/api/v1/items/{line.items[GOLD - 1].uuid}/review", given, content_type="application/json").json()
    read = client.get(f"/api/v1/reviews/{put['id']}").json()
    assert read == put | {"active_ms": read["active_ms"]}
    assert (read["correction"], read["correction_state"], read["submission_count"]) == (
        "Not refundable.",
        "proposed",
        1,
    )
    assert client.get(f"/api/v1/reviews/{put['id']}/versions").json()[0]["review"]["note"] == "First."
    assert client.get(f"/w/acme/queues/reviews/{put['id']}/history/").status_code == 200
    back = client.post(f"/w/acme/queues/{line.queue.uuid}/review/undo/", {"undo": GOLD}, follow=True)
    assert "Not refundable." in back.content.decode()
    assert client.get(f"/api/v1/reviews/{put['id']}").status_code == 404
    again = client.post(f"/api/v1/items/{line.items[GOLD - 1].uuid}/claim").json()
    assert (again["item"]["state"], again["draft"]["note"]) == ("open", "First.")
    assert Review.objects.filter(reviewer=people.reviewer).count() == 1
    assert not Feedback.objects.filter(
        author=people.reviewer, created_at__gte=timezone.now() - timedelta(days=1)
    ).exists()


def test_the_page_of_ones_own_work_counts_them_and_names_none_while_the_queue_runs(line: Line, people: People) -> None:
    client = people.client(people.reviewer)
    for number in (ORDINARY, GOLD, AGAIN):
        give(line, people, number)
        client.post(line.page(number, "submit"), line.form(number, **{"answer-thumbs": "up"}))
    page = re.sub(r"<[^>]+>", "", words(client, "/w/acme/queues/mine/"))
    assert "4reviews" in page.replace(" ", "")
    assert "item 3" not in page
    Queue.objects.update(status="completed")
    assert "item 3" in re.sub(r"<[^>]+>", "", words(client, "/w/acme/queues/mine/"))
