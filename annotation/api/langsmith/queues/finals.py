"""Final answers where the reviewers of an item differ, and how far they agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
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
from annotation.domain.reviews.finals import Agreement, Answered
from annotation.domain.reviews.rubric import InvalidReviewError
from annotation.domain.reviews.stored import stored
from annotation.models import Item


class FinalView(MixedView):
    """`/platform/annotation-queues/{id}/items/{item}/finals/{key}`, of an item whose reviews are all in."""

    needs = {"PUT": Capability.EDIT, "DELETE": Capability.EDIT}

    def put(self, _request: Request, uuid: UUID, item: UUID, key: str) -> Response:
        """Decide on one question on which the reviewers differ; with the last one the item is settled."""
        found, question = self._asked(uuid, item, key)
        answer, now = _answer(question, self.one()), timezone.now()
        try:
            finals.settle(item=found, key=key, value=answer, by=self.person, now=now)
        except InvalidReviewError as problem:
            raise Invalid(str(problem)) from problem
        except (AdjudicationError, DatasetError) as problem:
            raise Refusal(409, str(problem)) from problem
        decided = Answered(Agreement.DISAGREED, stored(question, answer), has_final=True)
        return Response(_told(key, self._outcome(uuid, item).get(key, decided), now))

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

    def _outcome(self, uuid: UUID, item: UUID) -> Mapping[str, Answered]:
        """By question; none where the item is given to somebody again meanwhile, or is gone."""
        queue = self.queue(uuid)
        found = self.standing(queue).filter(uuid=item).first()
        return finals.of_items([found], rubric_versions.questions_of(queue))[found.pk].keys if found else {}


def _told(key: str, said: Answered, set_at: datetime) -> dict[str, Any]:
    written = writing.answered(said)
    return {"key": key, **written, "final": written["answer"], "final_set_at": set_at, "final_set_by": None}


def _answer(question: Question, sent: dict[str, Any]) -> JsonValue:
    """The answer that is sent as `score`, `value` or `values`. Raises Invalid."""
    score, values = sent.get("score"), sent.get("values")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
        raise Invalid("score has to be a number.")
    if values is not None and not isinstance(values, list):
        raise Invalid("values has to be an array of texts.")
    return spoken.as_answer(question, score, sent.get("value") if values is None else values)
