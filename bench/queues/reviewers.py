"""What reviewers do, as requests: claim and submit through the REST interface, or submit and go on in the page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.utils import timezone

from annotation.domain.access import Role, Scope
from annotation.domain.projects import keys
from annotation.models import Membership, Queue, User
from bench import lean
from bench.installation import Installation

_CSRF = "c" * 32
_ITEM = re.compile(r"/items/(\d+)/")


@dataclass(slots=True)
class Waits:
    """Seconds of each claim and each submission that was answered with what was asked for."""

    claims: list[float] = field(default_factory=list)
    submits: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A person with a key and a session of their own."""

    person: User
    target: Installation
    queue: Queue
    token: str
    cookie: str

    @classmethod
    def hired(cls, target: Installation, queue: Queue, number: int) -> Reviewer:
        """A new member of the queue's workspace."""
        person = User.objects.create(email=f"reviewer-{number}@example.org", name=f"Reviewer {number}")
        Membership.objects.create(workspace=queue.workspace, user=person, role=Role.EDITOR)
        made = keys.create(workspace=queue.workspace, name="bench", scopes=[Scope.WRITE], by=person, now=timezone.now())
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={_CSRF}"
        return cls(person, target, queue, made.token, cookie)

    def api(self, method: str, path: str, body: object = None) -> bytes:
        """A request of a program."""
        headers = f"x-api-key: {self.token}\r\nContent-Type: application/json\r\n"
        sent = b"" if body is None else json.dumps(body).encode()
        return lean.request(self.target, method, f"/api/v1/{path}", sent, headers=headers)

    def page(self, method: str, path: str, form: dict[str, object] | None = None) -> bytes:
        """A request of the browser, as htmx sends it."""
        headers = (
            f"Cookie: {self.cookie}\r\nX-CSRFToken: {_CSRF}\r\nHX-Request: true\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
        )
        base = f"/w/{self.queue.workspace.slug}/queues/{self.queue.uuid}/"
        return lean.request(self.target, method, base + path, urlencode(form or {}).encode(), headers=headers)


def by_api(reviewer: Reviewer, rounds: int, waits: Waits) -> lean.Script:
    """Claim and submit so many times, or until nothing is left."""
    given = {"answers": {"thumbs": "down"}, "note": "Guessed after the tool had failed.", "active_ms": 1000}
    for _ in range(rounds):
        claimed = yield reviewer.api("POST", f"queues/{reviewer.queue.uuid}/claim", {})
        if claimed.status == 409 and b"nothing_left" in claimed.body:
            return
        _require(claimed, 200)
        waits.claims.append(claimed.seconds)
        item = json.loads(claimed.body)["item"]["id"]
        submitted = yield reviewer.api("PUT", f"items/{item}/review", given)
        _require(submitted, 200)
        waits.submits.append(submitted.seconds)


def by_page(reviewer: Reviewer, rounds: int, waits: Waits) -> lean.Script:
    """Open the first item and submit so many times, each answered with the next item's page; the last one stays held."""
    began = yield reviewer.page("GET", "review/")
    _require(began, 302)
    place = _ITEM.search(began.head)
    for _ in range(rounds):
        if place is None:
            return
        number = int(place.group(1))
        form: dict[str, object] = {
            "item": number,
            "rubric_version": 1,
            "seen": 0,
            "active_ms": 1000,
            "answer-thumbs": "down",
        }
        turned = yield reviewer.page("POST", f"items/{number}/submit/", form)
        _require(turned, 200)
        waits.submits.append(turned.seconds)
        place = _ITEM.search(turned.head)


def _require(answer: lean.Answer, status: int) -> None:
    if answer.status != status:
        raise RuntimeError(answer.head + "\n" + answer.body.decode()[:2000])
