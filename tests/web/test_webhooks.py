"""The pages of webhooks."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotation.domain.notices import delivering
from annotation.models import Delivery, Webhook
from tests.factories import DeliveryFactory, QueueFactory, WebhookFactory
from tests.fixtures.people import People
from tests.fixtures.receiving import Receiver

pytestmark = pytest.mark.django_db
BASE = "/w/acme/settings/webhooks/"


@pytest.fixture
def admin(people: People) -> Client:
    return people.client(people.admin)


def test_an_admin_makes_a_webhook_sees_its_secret_once_and_tries_it_out(
    people: People, admin: Client, receiver: Receiver, broker: object
) -> None:
    queue = QueueFactory(workspace=people.workspace, name="Refunds")
    QueueFactory(workspace=people.elsewhere, name="Foreign")
    assert "Foreign" not in admin.get(f"{BASE}new/").content.decode()
    given = {
        "name": "Chat",
        "url": receiver.url,
        "events": ["queue.done"],
        "which": "some",
        "queues": [str(queue.uuid)],
    }
    page = admin.post(f"{BASE}new/", given)
    assert (page.status_code, "no-store" in page["Cache-Control"]) == (201, True)
    found = re.search(r"whsec_[\w+/=]{44}", page.content.decode())
    assert found is not None
    hook = Webhook.objects.get()
    one = f"{BASE}{hook.uuid}/"
    assert (hook.secret, hook.kinds, [*hook.queues.all()]) == (found[0], ["queue.done"], [queue])
    receiver.text = b"<script>alert(1)</script>"
    admin.post(f"{one}test/")
    delivering.deliver()
    html = admin.get(one).content.decode()
    assert "&lt;script&gt;alert(1)" in html
    assert ">delivered<" in html.replace("\n", "").replace(" ", "")
    assert found[0] not in html
    admin.post(f"{one}deliveries/{Delivery.objects.get().uuid}/again/")
    delivering.deliver()
    assert len(set(receiver.ids)) == 1
    assert len(receiver.got) == 2


def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(people: People, admin: Client) -> None:
    given = {"name": "Chat", "url": "http://10.0.0.1/x", "events": ["queue.done"], "which": "some"}
    page = admin.post(f"{BASE}new/", given)
    html = page.content.decode()
    assert page.status_code == 422
    assert "Choose at least one queue" in html
    page = admin.post(f"{BASE}new/", {**given, "which": "all"})
    assert "10.0.0.1 is no public address; the operator can allow it in WEBHOOK_TRUSTED." in page.content.decode()
    assert 'value="http://10.0.0.1/x"' in page.content.decode()
    assert not Webhook.objects.exists()


def test_one_that_was_turned_off_by_itself_says_why_and_is_turned_on_again(people: People, admin: Client) -> None:
    hook = WebhookFactory(workspace=people.workspace, is_on=False, off_reason="Nothing could be delivered for 3 days.")
    html = admin.get(f"{BASE}{hook.uuid}/").content.decode()
    assert "Turned off by itself." in html
    assert "Nothing could be delivered for 3 days." in html
    assert html.count(f'action="{BASE}{hook.uuid}/turn/"') == html.count("Turn on again") == 1
    assert "turned off by itself" in admin.get(BASE).content.decode()
    admin.post(f"{BASE}{hook.uuid}/test/")
    assert not Delivery.objects.exists()
    admin.post(f"{BASE}{hook.uuid}/turn/", {"on": "1"})
    hook.refresh_from_db()
    assert (hook.is_on, hook.off_reason) == (True, "")


def test_an_edit_keeps_the_secret_and_changes_the_rest(people: People, admin: Client) -> None:
    hook = WebhookFactory(workspace=people.workspace, secret="whsec_x", failing_since=timezone.now())
    given = {
        "name": "Other",
        "url": "https://hooks.example.com/2",
        "events": ["item.assigned", "queue.done"],
        "which": "all",
    }
    assert admin.post(f"{BASE}{hook.uuid}/edit/", given).status_code == 302
    hook.refresh_from_db()
    assert (hook.name, hook.url, hook.secret) == ("Other", "https://hooks.example.com/2", "whsec_x")
    assert hook.kinds == ["item.assigned", "queue.done"]


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_ask_as_often_for_three_as_for_one(
    people: People, admin: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hooks = [WebhookFactory(workspace=people.workspace, is_for_all_queues=False) for _ in range(rows)]
    for hook in hooks:
        hook.queues.add(QueueFactory(workspace=people.workspace))
        DeliveryFactory(webhook=hooks[0])
    with django_assert_num_queries(5):
        admin.get(BASE)
    with django_assert_num_queries(6):
        admin.get(f"{BASE}{hooks[0].uuid}/")
