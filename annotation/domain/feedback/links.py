"""Addresses at which whoever has one may judge one run under one key: for browsers, which must not have an API key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from annotation.domain.access import Actor
from annotation.domain.feedback import giving
from annotation.domain.feedback.amending import CONTENT
from annotation.domain.feedback.targets import Target
from annotation.domain.feedback.validation import MAX_KEY, Content
from annotation.models import Feedback, FeedbackLink

GOOD_FOR = timedelta(hours=3)
"""Unless its maker says otherwise."""


class LinkError(ValueError):
    """The link cannot be made so; the message says what to change."""


class LinkGoneError(LookupError):
    """The link opens nothing: it never did, or its time has passed."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A link to be made; `feedback_id` is the id that what is given there gets, if the maker has one in mind."""

    run_uuid: UUID
    key: str
    expires_at: datetime
    feedback_id: UUID | None = None


def make(*, by: Actor, wishes: list[Wish], now: datetime) -> list[FeedbackLink]:
    """Links as wished, all or none; the runs need not have arrived. Raises LinkError."""
    for wish in wishes:
        if not wish.key or len(wish.key) > MAX_KEY:
            raise LinkError(f"feedback_key has to have 1 to {MAX_KEY} characters.")
        if wish.expires_at <= now:
            raise LinkError("expires_at has passed: choose a time to come.")
    rows = [
        FeedbackLink(
            workspace=by.workspace,
            project=by.project,
            run_uuid=wish.run_uuid,
            key=wish.key,
            client_id=str(wish.feedback_id or uuid4()),
            created_by=by.person,
            created_at=now,
            expires_at=wish.expires_at,
        )
        for wish in wishes
    ]
    return FeedbackLink.objects.bulk_create(rows)


def opened(uuid: UUID, *, now: datetime) -> FeedbackLink:
    """The link with this secret. Raises LinkGoneError."""
    link = FeedbackLink.objects.select_related("workspace", "project").filter(uuid=uuid, expires_at__gt=now).first()
    if link is None:
        raise LinkGoneError("This link is not known, or its time has passed: ask for a new one.")
    return link


def give(*, link: FeedbackLink, said: Mapping[str, Any], metadata: Mapping[str, Any], now: datetime) -> Feedback:
    """What somebody says at a link: one feedback of the user, however often; what is said later is added to it.

    `said` has any of score, value, comment and correction. Raises RefusedFeedbackError.
    """
    with transaction.atomic():
        before = _before(link)
        content = {name: said.get(name) if said.get(name) is not None else before.get(name) for name in CONTENT}
        given = giving.Given(
            target=Target(run_id=link.run_uuid),
            content=Content(link.key, **content),
            source=Feedback.Source.USER,
            client_id=link.client_id,
            metadata={**before.get("metadata", {}), **metadata},
        )
        return giving.give(workspace=link.workspace, given=given, now=now, project=link.project)


def _before(link: FeedbackLink) -> Mapping[str, Any]:
    """What was given at the link so far, held until the transaction ends."""
    FeedbackLink.objects.select_for_update().get(pk=link.pk)
    found = Feedback.objects.filter(workspace=link.workspace_id, client_id=link.client_id)
    return found.values(*CONTENT, "metadata").first() or {}
