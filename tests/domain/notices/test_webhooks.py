"""Webhooks that cannot be are refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from annotation.domain.notices import webhooks
from annotation.domain.notices.webhooks import Terms
from annotation.models import AuditEvent, Webhook
from tests.factories.queues import QueueFactory
from tests.fixtures.people import People


def test_webhooks_that_cannot_be_are_refused_and_nothing_of_them_stays(people: People) -> None:
    foreign = QueueFactory(workspace=people.elsewhere)
    good: dict[str, Any] = {
        "name": "Chat",
        "url": "https://hooks.example.com/",
        "kinds": ["queue.done"],
        "queues": None,
    }
    bad: list[tuple[str, dict[str, Any]]] = [
        ("name", {"name": " "}),
        ("events", {"kinds": []}),
        ("events", {"kinds": ["webhook.test"]}),
        ("queues", {"queues": []}),
        ("queues", {"queues": [foreign]}),
        ("url", {"url": "http://hooks.example.com/"}),
    ]
    for field, change in bad:
        with pytest.raises(webhooks.BadWebhookError) as refused:
            webhooks.create(workspace=people.workspace, terms=Terms(**{**good, **change}), by=people.admin)
        assert refused.value.field == field
    webhooks.create(workspace=people.workspace, terms=Terms(**good), by=people.admin)
    with pytest.raises(webhooks.BadWebhookError, match="of this name"):
        webhooks.create(workspace=people.workspace, terms=Terms(**{**good, "name": "chat"}), by=people.admin)
    assert Webhook.objects.count() == 1
    assert AuditEvent.objects.get(action="webhook.created").detail["to"] == "hooks.example.com"
