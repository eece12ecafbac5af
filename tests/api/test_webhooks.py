"""Webhooks over the REST interface, and what the documentation tells receivers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from annotation.api.v1.serializers.webhooks import DeliverySerializer
from annotation.domain.notices import delivering
from annotation.models import ApiKey, AuditEvent, Delivery, Webhook
from tests.factories import DeliveryFactory, QueueFactory, WebhookFactory
from tests.fixtures.people import People
from tests.fixtures.receiving import Receiver

pytestmark = pytest.mark.django_db
V1 = "/api/v1/webhooks"


@pytest.fixture
def program(people: People) -> Client:
    return people.api(ApiKey.Scope.WRITE)


def _sent(program: Client, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    answer = program.generic(method, f"{V1}{path}", "" if body is None else json.dumps(body), "application/json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def _documented() -> Any:
    """The function that the documentation gives to receivers."""
    text = Path(settings.BASE_DIR, "docs", "webhooks.md").read_text()
    (snippet,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    known: dict[str, Any] = {}
    exec(snippet, known)  # noqa: S102 -- as a reader would
    return known["verified"]


def test_deliveries_are_of_what_webhooks_are_told() -> None:
    event: Any = DeliverySerializer().fields["event"]
    assert [*event.choices] == ["item.assigned", "item.disagreement", "queue.done", "webhook.test"]


def test_a_webhook_from_its_making_to_a_message_that_the_documented_receiver_takes(
    people: People, program: Client, receiver: Receiver, broker: object
) -> None:
    queue = QueueFactory(workspace=people.workspace)
    wished = {"name": "Chat", "url": receiver.url, "events": ["queue.done"], "queues": [str(queue.uuid)]}
    made = _sent(program, "POST", "", wished, 201)
    secret = made.pop("secret")
    assert {name: made[name] for name in wished} == wished
    assert (made["is_on"], made["off_reason"], made["created_by"]) == (True, "", "admin@example.com")
    assert _sent(program, "GET", "")["results"] == [made]
    one = f"/{made['id']}"
    assert _sent(program, "GET", one) == made
    waiting = _sent(program, "POST", f"{one}/test", status=202)
    assert (waiting["event"], waiting["state"], waiting["attempt_count"]) == ("webhook.test", "waiting", 0)
    delivering.deliver()
    ((headers, body),) = receiver.got
    verified = _documented()
    assert verified(secret, headers, body)
    assert not verified(secret, headers, body + b" ")
    assert not verified(secret, {**headers, "webhook-timestamp": "1614265330"}, body)
    (log,) = _sent(program, "GET", f"{one}/deliveries")["results"]
    assert {name: log[name] for name in ("state", "status", "answer", "attempt_count", "due_at")} == {
        "state": "delivered", "status": 200, "answer": "thank you", "attempt_count": 1, "due_at": None,
    }  # fmt: skip
    assert log["message_id"] == headers["webhook-id"]
    _sent(program, "POST", f"{one}/deliveries/{log['id']}/again", status=202)
    new = _sent(program, "POST", f"{one}/secret")["secret"]
    delivering.deliver()
    headers, body = receiver.got[1]
    assert headers["webhook-id"] == receiver.ids[0]
    assert (verified(new, headers, body), verified(secret, headers, body)) == (True, False)
    assert secret not in str(_sent(program, "GET", ""))
    _sent(program, "DELETE", one, status=204)
    assert not Delivery.objects.exists()
    acts = list(
        AuditEvent.objects.filter(action__startswith="webhook.").order_by("id").values_list("action", flat=True)
    )
    assert acts == ["webhook.created", "webhook.secret_renewed", "webhook.deleted"]
    assert new not in str(list(AuditEvent.objects.values_list("detail")))


def test_a_webhook_is_changed_and_turned_off_and_on(people: People, program: Client) -> None:
    hook = WebhookFactory(workspace=people.workspace, name="Chat")
    one = f"/{hook.uuid}"
    changed = _sent(program, "PATCH", one, {"url": "https://other.example.com/x?token=secret", "is_on": False})
    assert (changed["url"], changed["is_on"], changed["name"]) == (
        "https://other.example.com/x?token=secret",
        False,
        "Chat",
    )
    event = AuditEvent.objects.get(action="webhook.changed")
    assert event.detail == {"to": "other.example.com"}
    refused = _sent(program, "PATCH", one, {"url": "http://169.254.169.254/"}, 400)["error"]["fields"]["url"]
    assert refused == ["169.254.169.254 is no public address; the operator can allow it in WEBHOOK_TRUSTED."]
    assert _sent(program, "POST", f"{one}/test", status=409)["error"]["code"] == "webhook_off"
    assert _sent(program, "PATCH", one, {"is_on": True})["is_on"]
    assert AuditEvent.objects.filter(action__in=["webhook.turned_off", "webhook.turned_on"]).count() == 2


def test_a_webhook_whose_address_is_no_longer_allowed_is_turned_off_and_sent_elsewhere(
    people: People, program: Client
) -> None:
    hook = WebhookFactory(workspace=people.workspace, url="http://10.0.0.1/x")
    assert not _sent(program, "PATCH", f"/{hook.uuid}", {"is_on": False})["is_on"]
    changed = _sent(program, "PATCH", f"/{hook.uuid}", {"url": "https://hooks.example.com/"})
    assert changed["url"] == "https://hooks.example.com/"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"url": "http://hooks.example.com/"}, "url", "Use https"),
        ({"url": "https://[::1]/"}, "url", "::1 is no public address; the operator can allow it in WEBHOOK_TRUSTED."),
        (
            {"events": ["trace.made"]},
            "events",
            "'trace.made' is not one of item.assigned, item.disagreement, queue.done.",
        ),
        ({"queues": []}, "queues", "not be empty"),
        ({"queues": ["5c2a0000-0000-4000-8000-000000000000"]}, "queues", "no queue"),
        ({"name": "chat"}, "name", "of this name"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    people: People, program: Client, change: dict[str, Any], field: str, words: str
) -> None:
    WebhookFactory(workspace=people.workspace, name="Chat")
    good = {"name": "Other", "url": "https://hooks.example.com/", "events": ["queue.done"]}
    refused = _sent(program, "POST", "", {**good, **change}, 400)
    assert words in str(refused["error"]["fields"][field])
    assert Webhook.objects.count() == 1


def test_queues_and_deliveries_of_others_are_not_found(people: People, program: Client) -> None:
    foreign = QueueFactory(workspace=people.elsewhere)
    mine, delivery = WebhookFactory(workspace=people.workspace), DeliveryFactory()
    refused = _sent(program, "PATCH", f"/{mine.uuid}", {"queues": [str(foreign.uuid)]}, 400)
    assert "no queue" in str(refused["error"]["fields"]["queues"])
    _sent(program, "POST", f"/{mine.uuid}/deliveries/{delivery.uuid}/again", status=404)
    other = DeliveryFactory(webhook__workspace=people.workspace)
    _sent(program, "POST", f"/{mine.uuid}/deliveries/{other.uuid}/again", status=404)
    assert _sent(program, "GET", f"/{mine.uuid}/deliveries")["results"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_ask_as_often_for_three_as_for_one(
    people: People, program: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hooks = [WebhookFactory(workspace=people.workspace, is_for_all_queues=False) for _ in range(rows)]
    for hook in hooks:
        hook.queues.add(QueueFactory(workspace=people.workspace))
        DeliveryFactory(webhook=hooks[0])
    program.get("/api/v1/me")
    with django_assert_num_queries(3):
        assert len(_sent(program, "GET", "")["results"]) == rows
    with django_assert_num_queries(3):
        assert len(_sent(program, "GET", f"/{hooks[0].uuid}/deliveries")["results"]) == rows
