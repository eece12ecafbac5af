"""`/feedback/tokens`: links for browsers, and what is given at them without a key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith import wire
from annotation.api.langsmith.base import View
from annotation.api.langsmith.errors import Invalid, Refusal
from annotation.api.langsmith.feedback import meaning, reading
from annotation.domain.access import Capability
from annotation.domain.addresses import absolute
from annotation.domain.feedback import links
from annotation.domain.feedback.giving import RefusedFeedbackError
from annotation.domain.ingest import values
from annotation.models import FeedbackLink

MOST_AT_ONCE = 100
_GIVERS = (Capability.INGEST, Capability.GIVE_FEEDBACK)
_MOST_DAYS = 366


class FeedbackLinkListView(View):
    """Links, made and listed by those who may give feedback themselves."""

    needs = {"GET": _GIVERS, "POST": _GIVERS}

    def get(self, request: Request) -> Response:
        """The open links of a run, the latest first."""
        run = wire.parsed_uuid(request.query_params.get("run_id"), "run_id")
        rows = self.visible(FeedbackLink).filter(run_uuid=run, expires_at__gt=timezone.now()).order_by("-id")
        return Response([_written(link) for link in rows[wire.window(request)]])

    def post(self, request: Request) -> Response:
        """One link for an object, several for an array."""
        sent = request.data
        listed = sent if isinstance(sent, list) else [self.one()]
        if len(listed) > MOST_AT_ONCE or not all(isinstance(one, dict) for one in listed):
            raise Invalid(f"Send an object, or an array of at most {MOST_AT_ONCE} objects.")
        now = timezone.now()
        wishes = [_wish(one, now) for one in listed]
        for one in listed:
            meaning.ensure(self.actor, one["feedback_key"], one.get("feedback_config"))
        try:
            made = links.make(by=self.actor, wishes=wishes, now=now)
        except links.LinkError as problem:
            raise Invalid(str(problem)) from problem
        written = [_written(link) for link in made]
        return Response(written if isinstance(sent, list) else written[0])


class FeedbackLinkView(View):
    """One link: whoever has it may use it, from any page. The link itself is the secret, so no key and no cookie counts."""

    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request, uuid: UUID) -> Response:
        """Give feedback by parameters, as a plain link does."""
        asked = request.query_params
        said: dict[str, Any] = {name: asked[name] for name in ("value", "comment", "correction") if name in asked}
        if "score" in asked:
            said["score"] = _score(asked["score"])
        return self._given(uuid, said)

    def post(self, _request: Request, uuid: UUID) -> Response:
        """Give feedback by a JSON object."""
        return self._given(uuid, self.one())

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 -- what Django passes
        """What a browser asks before it posts from another page."""
        return Response(None, status=204)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Let scripts of other pages read the answer: there is nothing of anybody's in it."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
        response["Access-Control-Allow-Headers"] = "Content-Type, x-api-key"
        return response

    def _given(self, uuid: UUID, sent: dict[str, Any]) -> Response:
        now = timezone.now()
        metadata = sent.get("metadata") or {}
        if not isinstance(metadata, dict):
            raise Invalid("metadata has to be an object.")
        try:
            link = links.opened(uuid, now=now)
            links.give(link=link, said=reading.changes(sent), metadata=values.clean(metadata), now=now)
        except links.LinkGoneError as problem:
            raise Refusal(404, str(problem)) from problem
        except RefusedFeedbackError as problem:
            raise Invalid(reading.problem_words(problem.problems)) from problem
        return Response({})


def _score(text: str) -> float | bool:
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    try:
        return float(text)
    except ValueError as problem:
        raise Invalid("score has to be a number, true or false.") from problem


def _wish(sent: Mapping[str, Any], now: datetime) -> links.Wish:
    key = sent.get("feedback_key")
    if not isinstance(key, str):
        raise Invalid("feedback_key has to be a text.")
    return links.Wish(
        run_uuid=wire.parsed_uuid(sent.get("run_id"), "run_id"),
        key=key,
        expires_at=_expiry(sent, now),
        feedback_id=wire.parsed_uuid(sent["id"], "id") if sent.get("id") else None,
    )


def _expiry(sent: Mapping[str, Any], now: datetime) -> datetime:
    if sent.get("expires_at"):
        return wire.parsed_time(sent["expires_at"], "expires_at")
    lasting = sent.get("expires_in")
    if lasting is None:
        return now + links.GOOD_FOR
    if not isinstance(lasting, dict):
        raise Invalid("expires_in has to be an object with days, hours and minutes.")
    parts = {
        name: wire.number(lasting.get(name) or 0, name, most=_MOST_DAYS * 1440) for name in ("days", "hours", "minutes")
    }
    if timedelta(**parts) > timedelta(days=_MOST_DAYS):
        raise Invalid(f"expires_in may be at most {_MOST_DAYS} days.")
    return now + timedelta(**parts)


def _written(link: FeedbackLink) -> dict[str, Any]:
    return {
        "id": link.uuid,
        "url": absolute(f"/api/v1/feedback/tokens/{link.uuid}"),
        "expires_at": link.expires_at,
        "feedback_key": link.key,
    }
