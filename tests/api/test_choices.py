"""A word that is none of those that may be said is refused with those that may be, wherever one is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.serializers import ValidationError

from annotation.api.choices import ChoiceField
from annotation.models import Queue
from tests.factories import QueueFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db

KINDS = "thumbs, verdict, choice, multi_choice, scale, number, text, assertions, ranking"
TYPES = "llm, tool, agent, chain, retriever, embedding, reranker, guardrail, evaluator, prompt, parser, other"
STATES = "all, open, disagreement, adjudicated, done, flagged, removed, needs_my_review, needs_others_review, skipped_by_me, assigned_to_me, flagged_by_me"
QUESTION = {"key": "tone", "kind": "mood", "label": "Tone"}


@pytest.mark.parametrize(
    ("method", "path", "body", "refused"),
    [
        ("POST", "/api/v1/queues", {"name": "Q", "order": "best"},
         {"order": ["'best' is not one of oldest, newest, priority, random, uncertain."]}),
        ("POST", "/api/v1/queues", {"name": "Q", "rubric": {"questions": [QUESTION]}},
         {"rubric": [f"questions.0.kind: 'mood' is not one of {KINDS}."]}),
        ("PATCH", "/api/v1/queues/{0}", {"rubric": {"questions": [{**QUESTION, "kind": "text", "of": {"type": "mood"}}]}},
         {"rubric": [f"tone: of.type: 'mood' is not one of {TYPES}."]}),
        ("PATCH", "/api/v1/queues/{0}", {"presentation": {"system": ["all"]}},
         {"presentation": {"system": ["'['all']' is not one of shown, folded, hidden."]}}),
        ("POST", "/api/v1/feedback", {"thread_id": "t", "key": "calm", "score": 1, "source": "x" * 200},
         {"source": [f"'{'x' * 100}' is not one of user, signal, judge, rule, reviewer, api."]}),
        ("GET", "/api/v1/queues/{0}/items?state=gone", None,
         {"state": [f"'gone' is not one of {STATES}."]}),
        ("GET", "/api/v1/reviews?correction_state=maybe", None,
         {"correction_state": ["'maybe' is not one of none, proposed, accepted, rejected."]}),
    ],
)  # fmt: skip
def test_the_words_that_may_be_said_are_told(
    people: People, method: str, path: str, body: Any, refused: dict[str, Any]
) -> None:
    queue: Queue = QueueFactory(workspace=people.workspace)
    answer = people.api().generic(method, path.format(queue.uuid), json.dumps(body), "application/json")
    assert (answer.status_code, answer.json()["error"]["fields"]) == (400, refused)


def test_the_empty_word_is_not_among_them() -> None:
    field = ChoiceField(["up", "down", ""], allow_blank=True)
    assert field.run_validation("") == ""
    with pytest.raises(ValidationError, match=r"'sideways' is not one of up, down\."):
        field.run_validation("sideways")
