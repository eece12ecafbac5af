"""One queue: items by state, removed, restored, flagged; its status."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from annotation.domain.queues import assignment, items, subjects
from annotation.domain.queues.reasons import Reason
from annotation.models import Item, Queue, Trace
from tests.factories.queues import AssignmentFactory
from tests.factories.traces import RunFactory
from tests.fixtures.people import People
from tests.web.queues.conftest import Desk
from tests.web.queues.test_lists import words

pytestmark = pytest.mark.django_db


def test_readers_see_items_with_reason_state_and_reviews(people: People, desk: Desk) -> None:
    assignment.claim_item(item=desk.items[1], by=people.admin, now=timezone.now())
    page = words(people.client(people.viewer).get(desk.page).content)
    assert "33 % 1 of 3 2 open 0 flagged" in page
    assert "3 agent 3 Refund? Added by Editor · angry user open 0 of 1 just now" in page
    assert "2 agent 2 Refund? Added by Editor · angry user in review 0 of 1" in page
    assert "1 agent 1 Refund? Added by Editor · angry user done 1 of 1 reviewer correction" in page
    assert "Read the policy ." in page
    assert "Clear flag" not in page


def test_a_step_is_called_by_its_name_where_nothing_is_hidden_and_leads_to_itself(people: People, desk: Desk) -> None:
    trace = Trace.objects.get(name="agent 2")
    run = RunFactory(trace=trace, name="search_flight", type="tool", input_text='{"to": "JFK"}')
    items.add(queue=desk.queue, subjects=[subjects.of_run(trace.uuid, run.uuid)], reason=Reason(by="Editor"))
    content = people.client(people.viewer).get(desk.page).content
    assert '4 search_flight {"to": "JFK"} Added by Editor' in unescape(words(content))
    assert f'href="/w/acme/traces/{trace.uuid}/?step={run.uuid}"' in content.decode()
    assert "4 A step of agent 2 Refund? Added by Editor" in words(people.client(people.reviewer).get(desk.page).content)


def test_reviewers_see_what_is_asked_and_the_items_that_wait_for_them(people: People, desk: Desk) -> None:
    client = people.client(people.reviewer)
    page = words(client.get(desk.page).content)
    assert "Was this good? needed Good or bad" in page
    assert "2 left for you" in page
    assert "3 agent 3 Refund? Added by Editor · angry user needs my review just now" in page
    assert "agent 1" not in page, "they reviewed it"
    assert "Disagreement" not in page
    assert client.get(f"{desk.page}?state=done").status_code == 404
    assignment.skip(item=desk.items[1], by=people.reviewer, now=timezone.now())
    skipped = words(client.get(f"{desk.page}?state=skipped_by_me").content)
    assert "2 agent 2 Refund? Added by Editor · angry user skipped by me" in skipped
    assert "agent 3" not in skipped


def test_chips_say_where_an_item_stands_for_the_reader(people: People, desk: Desk) -> None:
    Queue.objects.update(reviewers_per_item=2)
    Item.objects.filter(number=1).update(state="open")
    AssignmentFactory(item=desk.items[2], reviewer=people.reviewer)
    client = people.client(people.reviewer)
    assert "1 agent 1 Refund? Added by Editor · angry user needs others’ review" in words(
        client.get(f"{desk.page}?state=needs_others_review").content
    )
    assert "needs my review assigned to me" in words(client.get(f"{desk.page}?state=assigned_to_me").content)
    assert "needs my review" not in words(people.client(people.viewer).get(desk.page).content), "viewers review nothing"


def test_tabs_are_links_and_fragments(people: People, desk: Desk) -> None:
    items.flag(item=desk.items[2], by=people.reviewer, reason="cut off")
    client = people.client(people.editor)
    whole = client.get(f"{desk.page}?state=flagged")
    part = client.get(f"{desk.page}?state=flagged", headers={"hx-request": "true"})
    assert part.content.decode().strip().startswith('<section id="items"')
    for page in (whole, part):
        assert "reviewer: cut off Clear flag flagged" in words(page.content)
        assert "agent 1" not in words(page.content)
    assert client.get(f"{desk.page}?state=lost").status_code == 404


def test_an_item_is_removed_restored_and_unflagged(people: People, desk: Desk) -> None:
    client, item = people.client(people.editor), desk.items[1]
    back = {"next": f"{desk.page}?state=open"}
    gone = client.post(f"/w/acme/queues/items/{item.uuid}/remove/", back, follow=True)
    assert gone.redirect_chain == [(back["next"], 302)]
    assert "Item 2 is removed." in words(gone.content)
    assert Item.objects.get(pk=item.pk).state == "removed"
    elsewhere = client.post(f"/w/acme/queues/items/{item.uuid}/restore/", {"next": "https://elsewhere.example/"})
    assert elsewhere["location"] == desk.page
    assert Item.objects.get(pk=item.pk).state == "open"
    items.flag(item=item, by=people.reviewer, reason="")
    client.post(f"/w/acme/queues/items/{item.uuid}/unflag/")
    assert Item.objects.get(pk=item.pk).flagged_at is None


def test_an_editor_says_which_item_comes_first(people: People, desk: Desk) -> None:
    client, item = people.client(people.editor), desk.items[2]
    address, back = f"/w/acme/queues/items/{item.uuid}/priority/", {"next": f"{desk.page}?state=open"}
    assert 'aria-label="Priority of item 3"' in client.get(desk.page).content.decode()
    viewer = people.client(people.viewer)
    assert "Priority" not in words(viewer.get(desk.page).content), "nobody has said one"
    moved = client.post(address, back | {"priority": "7"}, follow=True)
    assert moved.redirect_chain == [(back["next"], 302)]
    assert "Item 3 has priority 7 now." in words(moved.content)
    assert assignment.claim_next(queue=desk.queue, by=people.admin, now=timezone.now()).item == item
    assert "angry user in review 0 of 1 7 just now" in words(viewer.get(desk.page).content)
    saved = client.post(address, back | {"priority": "-1000"}, headers={"hx-request": "true"}).content.decode()
    assert 'value="-1000"' in saved
    assert "saved" in words(saved.encode())
    wrong = client.post(address, back | {"priority": "1001"}, headers={"hx-request": "true"})
    assert (wrong.status_code, 'value="1001"' in wrong.content.decode()) == (422, True)
    assert words(wrong.content) == "Ensure this value is less than or equal to 1000."
    refused = client.post(address, back | {"priority": ""}, follow=True)
    assert "Item 3 keeps its priority of -1000. This field is required." in words(refused.content)
    assert Item.objects.get(pk=item.pk).priority == -1000


def test_the_status_moves_only_where_it_can(people: People, desk: Desk) -> None:
    client = people.client(people.admin)
    paused = client.post(f"{desk.page}status/", {"status": "paused"}, follow=True)
    assert "The queue is now paused." in words(paused.content)
    refused = client.post(f"{desk.page}status/", {"status": "draft"}, follow=True)
    assert "A queue that is paused cannot become draft." in words(refused.content)
    assert Queue.objects.get().status == "paused"


@pytest.mark.parametrize("count", [1, 2])
def test_a_reviewers_list_takes_the_same_statements_however_long(
    people: People, desk: Desk, count: int, django_assert_num_queries: Any
) -> None:
    for item in desk.items[1 + count :]:
        items.remove(item=item, by=people.editor)
    client = people.client(people.reviewer)
    with django_assert_num_queries(16):
        assert words(client.get(desk.page).content).count("angry user") == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_statements_for_one_row_and_three(
    people: People, desk: Desk, count: int, django_assert_num_queries: Any
) -> None:
    for item in desk.items[count:]:
        items.remove(item=item, by=people.editor)
    client = people.client(people.viewer)
    with django_assert_num_queries(14):
        assert words(client.get(desk.page).content).count("angry user") == count
