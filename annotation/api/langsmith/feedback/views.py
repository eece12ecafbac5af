"""`/feedback` and `/feedback/{id}`."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith import wire
from annotation.api.langsmith.base import View
from annotation.api.langsmith.errors import Invalid, Refusal
from annotation.api.langsmith.feedback import finding, giving, reading, writing
from annotation.api.throttling import TakesIn
from annotation.domain.access import Capability
from annotation.domain.feedback import amending
from annotation.domain.feedback.giving import RefusedFeedbackError
from annotation.models import Feedback


class FeedbackListView(TakesIn, View):
    """Feedback, given and listed."""

    needs = {"GET": Capability.READ, "POST": (Capability.INGEST, Capability.GIVE_FEEDBACK)}

    def get(self, request: Request) -> Response:
        """An array, the latest first."""
        rows = finding.wanted(request, self.visible(Feedback), workspace_id=self.actor.workspace.pk)
        return Response(writing.written(writing.with_people(rows)[wire.window(request)]))

    def post(self, _request: Request) -> Response:
        """Take one feedback, whether or not its run has arrived; the same id again brings it up to date."""
        with self.inside():
            stored = giving.give(self.actor, self.one())
        return Response(writing.written([stored])[0])


class FeedbackView(View):
    """One feedback."""

    needs = {"GET": Capability.READ, "PATCH": Capability.GIVE_FEEDBACK, "DELETE": Capability.GIVE_FEEDBACK}

    def get(self, _request: Request, uuid: UUID) -> Response:
        """It."""
        return Response(writing.written([self._found(uuid)])[0])

    def patch(self, _request: Request, uuid: UUID) -> Response:
        """Change what is named: score, value, comment, correction."""
        found, changes = self._found(uuid), reading.changes(self.one())
        try:
            changed = amending.amend(feedback=found, changes=changes, now=timezone.now())
        except RefusedFeedbackError as problem:
            raise Invalid(reading.problem_words(problem.problems)) from problem
        except amending.ReviewedFeedbackError as problem:
            raise Refusal(409, str(problem)) from problem
        return Response(writing.written([changed])[0])

    def delete(self, _request: Request, uuid: UUID) -> Response:
        """Take it back."""
        try:
            amending.take_back(feedback=self._found(uuid))
        except amending.ReviewedFeedbackError as problem:
            raise Refusal(409, str(problem)) from problem
        return Response({})

    def _found(self, uuid: UUID) -> Feedback:
        row = finding.by_id(writing.with_people(self.visible(Feedback)), uuid)
        if row is None:
            raise NotFound("There is no feedback with this id.")
        return row
