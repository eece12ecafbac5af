"""What evaluators say in logs, events and attributes becomes feedback."""

from typing import Any
from uuid import UUID

import pytest

from annotation import models
from annotation.models import Feedback, Run, Trace
from tests.api.ingest.logs.sending import OTHER_TRACE, Send, partial
from tests.fixtures.logs import log_request, record
from tests.fixtures.people import People
from tests.fixtures.spans import START, TRACE, call, pairs, request, span

pytestmark = pytest.mark.django_db


def verdict(score: Any = 0.9, **fields: Any) -> dict[str, Any]:
    named = {"gen_ai.evaluation.name": "Relevance", "gen_ai.evaluation.score.value": score}
    return named | {f"gen_ai.evaluation.{key}": value for key, value in fields.items() if not key.startswith("_")}


def said(feedback: Feedback) -> tuple[Any, ...]:
    return feedback.key, feedback.score, feedback.value, feedback.comment, feedback.source


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("old", [True, False])
def test_an_evaluation_in_the_logs_is_feedback_on_its_run(send: Send, *, is_first: bool, old: bool) -> None:
    attributes = verdict(explanation="Names the city.", target="answer") | {"gen_ai.evaluation.score.label": "relevant"}
    parts = [
        ("traces", request([span(1), call(2, parent=1)])),
        ("logs", log_request([record("gen_ai.evaluation.result", span=2, attributes=attributes, old=old)], scope="ev")),
    ]
    for part in reversed(parts) if is_first else parts:
        send(*part)
    send(*parts[1])
    feedback = Feedback.objects.get()
    assert said(feedback) == ("Relevance", 0.9, "relevant", "Names the city.", "judge")
    assert feedback.run_uuid == Run.objects.get(external_id=(2).to_bytes(8).hex()).uuid
    assert feedback.trace_uuid == Trace.objects.get().uuid
    assert feedback.metadata == {"gen_ai.evaluation.target": "answer", "otel.scope.name": "ev"}
    assert feedback.created_at.timestamp() == START // 10**9


def test_zero_is_a_score_and_failures_are_kept_and_two_words_are_two(send: Send) -> None:
    records = [
        record("gen_ai.evaluation.result", span=1, at=1000, attributes=verdict(0)),
        record("gen_ai.evaluation.result", span=1, at=2000, attributes=verdict(0.0)),
        record("gen_ai.evaluation.result", span=1, at=3000, attributes={
            "gen_ai.evaluation.name": "Crash", "error.type": "Timeout"}),
        record("gen_ai.evaluation.result", span=1, at=4000, attributes=verdict(True)),
        record("gen_ai.evaluation.result", span=1, at=5000, attributes=verdict("high")),
        record("gen_ai.evaluation.result", span=1, at=6000, attributes={"gen_ai.evaluation.name": "Nothing"}),
        record("gen_ai.evaluation.result", attributes=verdict()),
    ]  # fmt: skip
    send("traces", request([call(1)]))
    count, message = partial(send("logs", log_request(records)))
    assert (count, "names nothing that it judges" in message, "Give at least one of score" in message) == (
        2, True, True
    )  # fmt: skip
    stored = Feedback.objects.order_by("created_at", "id")
    assert [(one.key, one.score, one.value, one.error) for one in stored] == [
        ("Relevance", 0.0, None, None),
        ("Relevance", 0.0, None, None),
        ("Crash", None, None, "Timeout"),
        ("Relevance", 1.0, None, None),
        ("Relevance", None, "high", None),
    ]
    assert (Run.objects.get().status, Trace.objects.get().status) == ("ok", "ok")


@pytest.mark.parametrize("is_first", [True, False])
def test_an_evaluation_by_response_id(send: Send, *, is_first: bool) -> None:
    attributes = verdict() | {"gen_ai.response.id": "resp-1"}
    spans = [span(1), call(2, parent=1, attributes={"gen_ai.response.id": "resp-1"})]
    parts = [
        ("traces", request(spans)),
        ("logs", log_request([record("gen_ai.evaluation.result", attributes=attributes)])),
    ]
    for part in reversed(parts) if is_first else parts:
        send(*part)
    send(*parts[1])
    feedback = Feedback.objects.get()
    assert feedback.run_uuid == Run.objects.get(response_id="resp-1").uuid
    assert not models.LogRecord.objects.filter(is_joined=False).exists()


def test_an_evaluation_by_response_id_within_its_trace_and_never_elsewhere(send: Send) -> None:
    spans = [call(1, trace=trace, attributes={"gen_ai.response.id": "resp-1"}) for trace in (TRACE, OTHER_TRACE)]
    send("traces", request(spans))
    attributes = verdict() | {"gen_ai.response.id": "resp-1"}
    send("logs", log_request([record("gen_ai.evaluation.result", trace=TRACE, attributes=attributes)]))
    assert Feedback.objects.get().trace_uuid == Trace.objects.get(uuid=TRACE.hex()).uuid
    attributes = verdict() | {"gen_ai.response.id": "resp-2"}
    send("logs", log_request([record("gen_ai.evaluation.result", trace=TRACE, attributes=attributes)]))
    assert Feedback.objects.count() == 1
    assert models.LogRecord.objects.get(is_joined=False).response_id == "resp-2"


@pytest.mark.parametrize(("count", "statements"), [(1, 16), (3, 16), (6, 16)])
def test_evaluations_by_response_cost_the_same_number_of_statements(
    people: People, send: Send, django_assert_num_queries: Any, count: int, statements: int
) -> None:
    """A single one is found and locked at once; of several the targets are looked up before anything is held."""
    numbers = range(2, count + 2)
    spans = [call(n, parent=1, attributes={"gen_ai.response.id": f"resp-{n}"}) for n in numbers]
    send("traces", request([span(1), *spans]))
    records = [
        record("gen_ai.evaluation.result", at=n, attributes=verdict() | {"gen_ai.response.id": f"resp-{n}"})
        for n in numbers
    ]
    with django_assert_num_queries(statements):
        send("logs", log_request(records))
    assert Feedback.objects.count() == count


@pytest.mark.parametrize("is_first", [True, False])
def test_an_evaluation_of_a_trace_is_on_its_root(send: Send, *, is_first: bool) -> None:
    parts = [
        ("logs", log_request([record("gen_ai.evaluation.result", trace=TRACE, attributes=verdict())])),
        ("traces", request([call(2, parent=1)])),
        ("traces", request([span(1)])),
    ]
    for part in parts if is_first else [*parts[1:], parts[0]]:
        send(*part)
    assert Feedback.objects.get().run_uuid == Run.objects.get(parent_uuid=None).uuid


def test_an_evaluation_as_an_event_of_the_span(send: Send) -> None:
    judged = call(1)
    event = judged.events.add(name="gen_ai.evaluation.result", time_unix_nano=START)
    event.attributes.extend(pairs(verdict(0.25)))
    for _ in range(2):
        send("traces", request([judged]))
    feedback = Feedback.objects.get()
    assert said(feedback) == ("Relevance", 0.25, None, None, "judge")
    assert feedback.run_uuid == Run.objects.get().uuid


def annotations(prefix: str, **fields: Any) -> dict[str, Any]:
    return {"openinference.span.kind": "CHAIN"} | {f"{prefix}.{key}": value for key, value in fields.items()}


def test_annotations_of_openinference_on_the_span_itself(send: Send) -> None:
    attributes = annotations(
        "annotations.0.annotation", name="hallucination", score=1, label="hallucinated", explanation="Unsupported.",
        annotator_kind="LLM", identifier="judge-v2", metadata='{"rubric": 2}',
    ) | annotations("evaluations.0.evaluation", name="exact", score=0.0, annotator_kind="CODE")  # fmt: skip
    send("traces", request([span(1, attributes=attributes)]))
    first, second = Feedback.objects.order_by("key")
    assert said(second) == ("hallucination", 1.0, "hallucinated", "Unsupported.", "judge")
    assert second.metadata == {"rubric": 2, "annotator_kind": "LLM", "identifier": "judge-v2"}
    assert said(first) == ("exact", 0.0, None, None, "rule")
    assert {first.run_uuid, second.run_uuid} == {Run.objects.get().uuid}


def test_annotations_on_a_span_of_their_own_point_at_what_they_judge(send: Send) -> None:
    attributes = annotations("annotations.0.annotation", name="helpful", label="yes", annotator_kind="HUMAN")
    attributes |= annotations("trace.evaluations.0.evaluation", name="resolved", score=1.0)
    attributes |= annotations("session.annotations.0.annotation", name="mood", label="good") | {"session.id": "s-1"}
    carrier = span(9, trace=OTHER_TRACE, attributes=attributes)
    carrier.links.add(trace_id=TRACE, span_id=(1).to_bytes(8))
    for _ in range(2):
        send("traces", request([carrier]))
    send("traces", request([span(1)]))
    by_key = {feedback.key: feedback for feedback in Feedback.objects.all()}
    assert (by_key["helpful"].target, by_key["helpful"].source) == ("run", "user")
    assert by_key["helpful"].run_uuid == Run.objects.get(trace__uuid=TRACE.hex()).uuid
    assert (by_key["resolved"].target, by_key["resolved"].trace_uuid) == ("trace", UUID(TRACE.hex()))
    assert (by_key["mood"].target, by_key["mood"].thread_id) == ("thread", "s-1")


def test_an_annotation_that_cannot_be_kept_does_not_lose_its_span(send: Send) -> None:
    attributes = annotations("annotations.0.annotation", name="k" * 200, score=1)
    answer = send("traces", request([span(1, attributes=attributes)]))
    assert partial(answer) == (0, "1 times: the evaluation cannot be kept: key: Use at most 180 characters.")
    assert Run.objects.count() == 1
