"""Final answers where the reviewers of an item differ, and how far they agree."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from pydantic import JsonValue
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith.errors import Invalid, Refusal
from annotation.api.langsmith.queues import writing
from annotation.api.langsmith.queues.mixed import MixedView
from annotation.domain.access import Capability
from annotation.domain.datasets.problems import DatasetError
from annotation.domain.queues import rubric_versions
from annotation.domain.queues.rubric import Question
from annotation.domain.reviews import finals, spoken
from annotation.domain.reviews.adjudicate import AdjudicationError
from annotation.domain.reviews.rubric import InvalidReviewError
from annotation.models import Item


class FinalView(MixedView):
    """`/platform/annotation-queues/{id}/items/{item}/finals/{key}`, of an item whose reviews are all in."""

    needs = {"PUT": Capability.EDIT, "DELETE": Capability.EDIT}

    def put(self, _request: Request, uuid: UUID, item: UUID, key: str) -> Response:
        """Decide on one question on which the reviewers differ; with the last one the item is settled."""
        found, question = self._asked(uuid, item, key)
        try:
            finals.settle(item=found, key=key, value=_answer(question, self.one()), by=self.person, now=timezone.now())
        except InvalidReviewError as problem:
            raise Invalid(str(problem)) from problem
        except (AdjudicationError, DatasetError) as problem:
            raise Refusal(409, str(problem)) from problem
        return Response(self._told(uuid, item, key))

    def delete(self, _request: Request, uuid: UUID, item: UUID, key: str) -> Response:
        """Take the decision back; one that is not there is none."""
        found, _ = self._asked(uuid, item, key)
        try:
            finals.clear(item=found, key=key, by=self.person, now=timezone.now())
        except AdjudicationError as problem:
            raise Refusal(409, str(problem)) from problem
        return Response(status=204)

    def _asked(self, uuid: UUID, item: UUID, key: str) -> tuple[Item, Question]:
        queue = self.queue(uuid)
        found, question = self.item(queue, item), rubric_versions.questions_of(queue).question(key)
        if question is None:
            raise NotFound(f"The rubric of this annotation queue has no item {key}.")
        return found, question

    def _told(self, uuid: UUID, item: UUID, key: str) -> dict[str, Any]:
        queue = self.queue(uuid)
        found = self.item(queue, item)
        said = finals.of_items([found], rubric_versions.questions_of(queue))[found.pk].keys[key]
        written = writing.answered(said)
        return {"key": key, **written, "final": written["answer"], "final_set_at": timezone.now(), "final_set_by": None}


def _answer(question: Question, sent: dict[str, Any]) -> JsonValue:
    """The answer that is sent as `score`, `value` or `values`. Raises Invalid."""
    score, values = sent.get("score"), sent.get("values")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
        raise Invalid("score has to be a number.")
    if values is not None and not isinstance(values, list):
        raise Invalid("values has to be an array of texts.")
    return spoken.as_answer(question, score, sent.get("value") if values is None else values)
