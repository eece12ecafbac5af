"""What happened is told to who asked for it, once, and to nobody else."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from annotation.domain.notices import completions, delivering, webhooks
from annotation.domain.notices.webhooks import Terms
from annotation.domain.queues import sharing
from annotation.domain.reviews import adjudicate, undo
from annotation.models import Delivery, Item, Notice, Queue
from tests.domain.notices import happenings
from tests.factories.queues import QueueFactory
from tests.fixtures.people import People
from tests.fixtures.receiving import Receiver

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("broker")


def test_items_given_to_somebody_are_one_message_with_links(
    people: People, receiver: Receiver, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://traces.example.org/"
    hook = happenings.hook(people, receiver)
    queue, added = happenings.queue(people, 5)
    given = [people.reviewer, people.editor]
    sharing.share(queue=queue, items=Item.objects.all(), people=given, by=people.admin, now=NOON)
    delivering.deliver()
    assert [said["data"]["count"] for said in receiver.said] == [3, 2]
    headers, body = receiver.got[0]
    first = receiver.said[0]
    assert first == {
        "type": "item.assigned",
        "timestamp": "2026-03-02T12:00:00+00:00",
        "data": {
            "workspace": "acme",
            "queue": {
                "id": str(queue.uuid),
                "name": "Refunds",
                "url": f"https://traces.example.org/w/acme/queues/{queue.uuid}/",
            },
            "count": 3,
            "items": [
                {
                    "id": str(item.uuid),
                    "number": item.number,
                    "url": f"https://traces.example.org/w/acme/queues/{queue.uuid}/items/{item.number}/",
                }
                for item in added[::2]
            ],
            "person": {"id": str(people.reviewer.uuid), "email": "reviewer@example.com"},
        },
    }
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == wanted
    assert headers["content-type"] == "application/json"


def test_reviews_that_differ_are_told_once_with_the_page_that_settles_them(people: People, receiver: Receiver) -> None:
    happenings.hook(people, receiver)
    _, added = happenings.queue(people, 2, reviewers_per_item=2, decides=Queue.Decides.EDITOR)
    for item, other in zip(added, ("down", "up"), strict=True):
        happenings.say(item, people.reviewer, "up")
        happenings.say(item, people.editor, other)
    happenings.say(added[0], people.editor, "down")
    adjudicate.take(item=added[0], review=added[0].reviews.get(reviewer=people.editor).uuid, by=people.admin, now=NOON)
    delivering.deliver()
    (said,) = receiver.said
    assert (said["type"], said["data"]["count"]) == ("item.disagreement", 1)
    address = said["data"]["items"][0]["url"].removeprefix("http://testserver")
    page = people.client(people.editor).get(address)
    assert (page.status_code, page.context["current"].pk) == (200, added[0].pk)


def test_a_queue_is_done_once_and_again_after_it_was_refilled(people: People, receiver: Receiver) -> None:
    happenings.hook(people, receiver)
    queue, added = happenings.queue(people, 2)
    for item in added:
        completions.note(now=timezone.now())
        happenings.say(item, people.reviewer, "up")
    undo.undo_last(queue=queue, by=people.reviewer, now=timezone.now())
    completions.note(now=timezone.now())
    assert not Notice.objects.exists()
    happenings.say(added[1], people.reviewer, "down")
    for _ in range(2):
        completions.note(now=timezone.now())
    happenings.say(added[1], people.reviewer, "up")  # an edit fills nothing
    completions.note(now=timezone.now())
    delivering.deliver()
    assert [said["type"] for said in receiver.said] == ["queue.done"]
    (more,) = happenings.fill(people, queue, 1)
    completions.note(now=timezone.now())
    happenings.say(more, people.reviewer, "up")
    completions.note(now=timezone.now())
    delivering.deliver()
    assert [said["data"]["queue"]["id"] for said in receiver.said] == [str(queue.uuid)] * 2
    assert len(set(receiver.ids)) == 2


def test_what_was_done_before_anybody_listened_is_not_told_afterwards(people: People, receiver: Receiver) -> None:
    _, (item,) = happenings.queue(people, 1)
    happenings.say(item, people.reviewer, "up")
    completions.note(now=timezone.now())
    happenings.hook(people, receiver)
    completions.note(now=timezone.now())
    delivering.deliver()
    assert receiver.got == []


def test_only_who_asked_for_it_is_told(people: People, receiver: Receiver) -> None:
    queue, _ = happenings.queue(people, 1)
    other = QueueFactory(workspace=people.workspace)
    happenings.hook(people, receiver, queues=[other])
    _hook_of_kind = Terms("Done", receiver.url, ["queue.done"])
    webhooks.create(workspace=people.workspace, terms=_hook_of_kind, by=people.admin)
    elsewhere = Terms("Chat", receiver.url, ["item.assigned"])
    webhooks.create(workspace=people.elsewhere, terms=elsewhere, by=people.outsider)
    off = webhooks.create(
        workspace=people.workspace, terms=Terms("Off", receiver.url, ["item.assigned"]), by=people.admin
    )
    webhooks.turn(webhook=off.webhook, is_on=False, by=people.admin)
    sharing.share(queue=queue, items=Item.objects.all(), people=[people.reviewer], by=people.admin, now=NOON)
    assert not Notice.objects.exists()
    assert not Delivery.objects.exists()


def test_what_is_rolled_back_is_not_told(people: People, receiver: Receiver) -> None:
    happenings.hook(people, receiver)
    queue, _ = happenings.queue(people, 1)
    with transaction.atomic():
        sharing.share(queue=queue, items=Item.objects.all(), people=[people.reviewer], by=people.admin, now=NOON)
        transaction.set_rollback(True)
    delivering.deliver()
    assert receiver.got == []


@pytest.mark.parametrize("is_heard", [False, True])
def test_a_submission_pays_nothing_and_a_disagreement_one_statement(
    people: People, receiver: Receiver, *, is_heard: bool
) -> None:
    if is_heard:
        happenings.hook(people, receiver)
    _, (item, *_) = happenings.queue(people, 2, reviewers_per_item=2, decides=Queue.Decides.EDITOR)
    asked = []
    for person, thumbs in ((people.reviewer, "up"), (people.editor, "down")):
        with CaptureQueriesContext(connection) as seen:
            happenings.say(item, person, thumbs)
        asked.append(sum("annotation_webhook" in one["sql"] for one in seen.captured_queries))
    assert asked == [0, 1]
    assert Delivery.objects.count() == is_heard
