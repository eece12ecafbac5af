"""Feedback: given by programs, singly or as a list, and listed."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api import telling
from annotation.api.choices import ChoiceField
from annotation.api.errors import ApiError, body
from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.throttling import TakesIn
from annotation.api.v1.serializers.feedback import FeedbackSerializer
from annotation.api.v1.serializers.giving import GivenFeedbackSerializer, given_of
from annotation.domain.access import Capability
from annotation.domain.feedback import giving, queries
from annotation.models import Feedback

MOST_AT_ONCE = 1000
_INVALID = "Some of what was sent cannot be used."


class WantedSerializer(serializers.Serializer[Any]):
    """What a list of feedback may be narrowed to."""

    run_id = serializers.CharField(required=False)
    trace_id = serializers.UUIDField(required=False)
    thread_id = serializers.CharField(required=False)
    key = serializers.CharField(required=False)
    source = ChoiceField(  # type: ignore[assignment]  # the base class's own is another thing
        choices=Feedback.Source.choices, required=False
    )
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class FeedbackListView(TakesIn, Resource):
    """Feedback on runs, traces and threads."""

    needs = {"GET": Capability.READ, "POST": (Capability.INGEST, Capability.GIVE_FEEDBACK)}

    @extend_schema(
        operation_id="feedback_list",
        parameters=[WantedSerializer, *PARAMETERS],
        responses=list_of(FeedbackSerializer),
    )
    def get(self, request: Request) -> Response:
        """Feedback, the latest first."""
        asked = WantedSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows = queries.listed(self.visible(Feedback), queries.Wanted(**asked.validated_data))
        return listed(page_of(request, rows, order=("-created_at", "-id")), FeedbackSerializer)

    @extend_schema(
        operation_id="feedback_give",
        request=GivenFeedbackSerializer,
        responses={201: FeedbackSerializer, 200: FeedbackSerializer},
        parameters=[OpenApiParameter("x-traceapp-workspace", str, OpenApiParameter.HEADER, required=False)],
    )
    def post(self, request: Request) -> Response:
        """One feedback, or a list of up to 1,000 (as it is, or under `feedback`).

        One: 201 with the feedback, 200 if its client id was known. A list: `results` with a feedback or an error for
        each, in order; 201 if all were stored, 207 if some, 400 if none.
        """
        sent = request.data
        if isinstance(sent, dict) and isinstance(sent.get("feedback"), list):
            sent = sent["feedback"]
        return self._several(sent) if isinstance(sent, list) else self._one(sent)

    def _one(self, sent: Any) -> Response:
        outcome = self._give([sent])[0]
        if outcome.feedback is None:
            raise ApiError("invalid", _INVALID, fields=outcome.problems)
        return Response(_written(outcome.feedback), status=201 if outcome.is_new else 200)

    def _several(self, sent: list[Any]) -> Response:
        if len(sent) > MOST_AT_ONCE:
            raise ApiError("too_many", f"Send at most {MOST_AT_ONCE} at once.", hint="Split the list.")
        outcomes = self._give(sent)
        stored = sum(outcome.feedback is not None for outcome in outcomes)
        status = 201 if stored == len(outcomes) else 207 if stored else 400
        return Response({"results": [_shown(outcome) for outcome in outcomes], "stored_count": stored}, status=status)

    def _give(self, sent: list[Any]) -> list[giving.Outcome]:
        read = [_read(one) for one in sent]
        given = [self._allowed(one) for one in read if isinstance(one, giving.Given)]
        with self.inside():
            stored = giving.give_many(
                workspace=self.actor.workspace,
                given=given,
                now=timezone.now(),
                by=self.actor.person if self.actor.may(Capability.GIVE_FEEDBACK) else None,
                project=self.actor.project,
            )
        following = iter(stored)
        return [one if isinstance(one, giving.Outcome) else next(following) for one in read]

    def _allowed(self, given: giving.Given) -> giving.Given:
        """A reviewer's word is a person's: a key that only sends traces cannot give it."""
        if given.source == Feedback.Source.REVIEWER and not self.actor.may(Capability.GIVE_FEEDBACK):
            raise PermissionDenied("Feedback of the source reviewer takes a key with the scope write.")
        return given


def _read(sent: Any) -> giving.Given | giving.Outcome:
    """What was sent, or what is wrong with it."""
    try:
        return given_of(telling.read(GivenFeedbackSerializer, sent))
    except serializers.ValidationError as problem:
        problems = serializers.as_serializer_error(problem)
        return giving.Outcome(None, problems={name: [str(word) for word in words] for name, words in problems.items()})


def _written(feedback: Feedback) -> dict[str, Any]:
    return telling.told(FeedbackSerializer, feedback)


def _shown(outcome: giving.Outcome) -> dict[str, Any]:
    if outcome.feedback is None:
        return body("invalid", _INVALID, fields=outcome.problems)
    return {"feedback": _written(outcome.feedback), "is_new": outcome.is_new}
