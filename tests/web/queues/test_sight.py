"""What reviewers see, in the setup of a queue: saved, refused with its reason, and tried on an item before it is saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotation.models import AuditEvent, MaskedValue, Queue
from tests.fixtures.people import People
from tests.web.queues.test_setup import ASKED, SETTINGS
from tests.web.review.conftest import Line, make_line

__all__ = ["make_line"]

pytestmark = pytest.mark.django_db
NEW = "/w/acme/queues/new/"
MAIL = "anna.smith@example.net"
SIGHT: dict[str, Any] = {
    "system": "hidden",
    "tools": "folded",
    "left_out": ["figures", "raw"],
    "texts": "raw",
    "facts": "tier, language,tier",
    "may_show_rest": "on",
    "masked": ["e-mail", "card"],
    "own_patterns": "customer: KD-\\d{6}",
}


def test_what_reviewers_see_is_saved_and_shown_again(people: People) -> None:
    client = people.client(people.admin)
    client.post(NEW, {**SETTINGS, **SIGHT, **ASKED, "save": "draft"})
    queue = Queue.objects.get()
    assert queue.presentation == {
        "system": "hidden", "tools": "folded", "figures": False, "raw": False, "texts": "raw", "may_show_rest": True, "facts": ["tier", "language"],
    }  # fmt: skip
    assert queue.masking == {"kinds": ["e-mail", "card"], "patterns": [{"name": "customer", "pattern": "KD-\\d{6}"}]}
    policy = " ".join(client.get(f"/w/acme/queues/{queue.uuid}/").content.decode().split())
    assert "<dt>Hidden</dt> <dd>nothing</dd>" in policy
    assert "<dt>Masked</dt><dd>E-mail addresses, Card numbers, customer</dd>" in policy
    page = client.get(f"/w/acme/queues/{queue.uuid}/edit/").content.decode()
    assert "customer: KD-\\d{6}" in page
    assert '<option value="hidden" selected>' in page
    client.post(f"/w/acme/queues/{queue.uuid}/edit/", {**SETTINGS, **ASKED, "save": "save"})
    queue.refresh_from_db()
    assert (queue.presentation, queue.masking) == ({}, {})
    assert AuditEvent.objects.filter(action="queue.changed").latest("id").detail["masking"] == {}


def test_a_pattern_that_cannot_be_read_is_marked_and_kept(people: People) -> None:
    sent = {**SETTINGS, **SIGHT, "own_patterns": "customer: KD-(", **ASKED, "save": "draft"}
    response = people.client(people.admin).post(NEW, sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Line 1: There is a “(” without its “)”." in page
    assert "customer: KD-(" in page
    assert Queue.objects.count() == 0


def test_settings_are_tried_on_an_item_and_nothing_is_kept(make_line: Callable[..., Line], people: People) -> None:
    line = make_line(1, answer=f"I wrote to {MAIL}.")
    client, address = people.client(people.admin), f"/w/acme/queues/{line.queue.uuid}/sight-preview/"
    assert MAIL in client.post(address, {}).content.decode()
    shown = client.post(address, SIGHT, headers={"HX-Request": "true"}).content.decode()
    assert "I wrote to [e-mail 1]." in shown
    assert "as it would be shown" in shown
    assert "Line 1: " in client.post(address, {"own_patterns": "x"}).content.decode()
    assert (MaskedValue.objects.count(), Queue.objects.get().masking) == (0, {})


def test_a_program_sets_it_too_and_hears_what_is_wrong(make_line: Callable[..., Line], people: People) -> None:
    line, client = make_line(1), people.api()
    address = f"/api/v1/queues/{line.queue.uuid}/"
    sent = {"presentation": {"tools": "hidden"}, "masking": {"kinds": ["phone"]}, "double_percent": 20}
    said = client.patch(address, sent, content_type="application/json").json()
    assert (said["presentation"]["tools"], said["presentation"]["system"]) == ("hidden", "shown")
    assert (said["masking"], said["double_percent"]) == ({"kinds": ["phone"], "patterns": []}, 20)
    client.patch(address, {"presentation": {"raw": False}}, content_type="application/json")
    assert Queue.objects.get().presentation == {"tools": "hidden", "raw": False}
    wrong = {"masking": {"patterns": [{"name": "customer", "pattern": "("}]}}
    refused = client.patch(address, wrong, content_type="application/json")
    assert refused.status_code == 400
    assert "There is a “(” without its “)”." in refused.content.decode()
    assert Queue.objects.get().masking == {"kinds": ["phone"]}
