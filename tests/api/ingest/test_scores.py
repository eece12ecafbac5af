"""Scores as the SDKs of Langfuse and Phoenix post them become feedback."""

import json
from base64 import b64encode
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, override_settings

from annotation.api.ingest.capacity import door, turns
from annotation.models import Feedback, Project, Run
from tests.factories import ProjectFactory
from tests.fixtures.people import People
from tests.fixtures.spans import TRACE, call, request

pytestmark = pytest.mark.django_db

SPAN = (1).to_bytes(8).hex()


def said(feedback: Feedback) -> tuple[Any, ...]:
    return feedback.target, feedback.key, feedback.score, feedback.value, feedback.comment, feedback.source


@pytest.fixture
def langfuse(people: People) -> Client:
    pair = b64encode(f"pk-lf-x:{people.token('ingest')}".encode()).decode()
    return Client(headers={"authorization": f"Basic {pair}"})


@pytest.fixture
def phoenix(people: People) -> Client:
    return Client(headers={"authorization": f"Bearer {people.token('ingest')}"})


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json")


SCORES: list[dict[str, Any]] = [
    {"id": "s1", "traceId": TRACE.hex(), "name": "helpful", "value": 1.0, "comment": "yes", "dataType": "BOOLEAN",
     "timestamp": "2026-11-25T13:57:37.346572Z"},
    {"id": "s2", "traceId": TRACE.hex(), "observationId": SPAN, "name": "tone", "value": "friendly",
     "dataType": "CATEGORICAL", "metadata": {"page": 2}},
    {"id": "s3", "sessionId": "thread-1", "name": "csat", "value": 0},
]  # fmt: skip


@pytest.mark.parametrize("is_batch", [False, True])
def test_langfuses_scores_in_both_forms(langfuse: Client, *, is_batch: bool) -> None:
    events = [
        {"id": f"e{index}", "type": "score-create", "timestamp": "2026-11-25T13:57:38Z", "body": body}
        for index, body in enumerate(SCORES)
    ]
    for _ in range(2):
        if is_batch:
            answer = post(langfuse, "/api/public/ingestion", {"batch": events, "metadata": {"sdk_name": "python"}})
            assert answer.status_code == 207
            assert answer.json() == {"successes": [{"id": f"e{n}", "status": 201} for n in range(3)], "errors": []}
        else:
            answer = post(langfuse, "/api/public/scores", SCORES)
            assert (answer.status_code, answer.json()) == (200, {"id": "s1"})
    assert langfuse.post("/v1/traces", request([call(1)]), content_type="application/x-protobuf").status_code == 200
    by_key = {feedback.key: feedback for feedback in Feedback.objects.all()}
    assert len(by_key) == Feedback.objects.count() == 3
    assert said(by_key["helpful"]) == ("trace", "helpful", 1.0, None, "yes", "api")
    assert by_key["helpful"].created_at.isoformat() == "2026-11-25T13:57:37.346572+00:00"
    assert said(by_key["tone"]) == ("run", "tone", None, "friendly", None, "api")
    assert by_key["tone"].run_uuid == Run.objects.get().uuid
    assert by_key["tone"].metadata == {"page": 2, "dataType": "CATEGORICAL"}
    assert (said(by_key["csat"])[:3], by_key["csat"].thread_id) == (("thread", "csat", 0.0), "thread-1")


def test_a_score_under_the_same_id_is_brought_up_to_date(langfuse: Client) -> None:
    post(langfuse, "/api/public/scores", SCORES[2])
    post(langfuse, "/api/public/scores", SCORES[2] | {"value": 5, "comment": "better"})
    assert said(Feedback.objects.get()) == ("thread", "csat", 5.0, None, "better", "api")
    answer = post(langfuse, "/api/public/scores", {"traceId": TRACE.hex(), "name": "k", "value": 1})
    assert Feedback.objects.get(key="k").client_id == f"langfuse:{answer.json()['id']}"


def test_what_cannot_be_taken_of_a_batch_is_said_and_the_rest_kept(langfuse: Client) -> None:
    bodies = [
        {"name": "k", "value": 1},
        {"traceId": "nonsense", "name": "k", "value": 1},
        {"traceId": TRACE.hex(), "name": "k"},
        {"traceId": TRACE.hex(), "name": "k", "value": "x", "dataType": "NUMERIC"},
        {"traceId": TRACE.hex(), "value": 1},
        "no object",
    ]
    events = [{"id": f"e{index}", "type": "score-create", "body": body} for index, body in enumerate(bodies)]
    events += [
        {"id": "t", "type": "trace-create", "body": {}},
        {"id": "good", "type": "score-create", "body": SCORES[0]},
    ]
    answer = post(langfuse, "/api/public/ingestion", {"batch": [*events, 7]}).json()
    assert answer["successes"] == [{"id": "good", "status": 201}]
    words = [error["message"] for error in answer["errors"]]
    assert [error["status"] for error in answer["errors"]] == [400] * 8
    for said_so, expected in zip(words, [
        "names nothing", "no id of a trace", "number or a text", "has to be a number", "name is missing",
        "a JSON object", "send traces by OpenTelemetry", "score-create",
    ], strict=True):  # fmt: skip
        assert expected in said_so
    assert Feedback.objects.count() == 1


def test_langfuses_sdk_checks_its_credentials(langfuse: Client, people: People) -> None:
    project = langfuse.get("/api/public/projects").json()["data"][0]
    assert (project["name"], project["organization"]) == ("Acme", {"id": "acme", "name": "Acme"})
    bound = people.api("ingest", project=people.project).get("/api/public/projects").json()["data"][0]
    assert (bound["name"], bound["id"]) == ("booking", str(people.project.uuid))
    answer = Client().get("/api/public/projects")
    assert (answer.status_code, "API key" in answer.json()["message"]) == (401, True)


def test_phoenixs_annotations_of_every_kind(phoenix: Client) -> None:
    assert phoenix.post("/v1/traces", request([call(1)]), content_type="application/x-protobuf").status_code == 200
    on_span = {"name": "quality", "annotator_kind": "HUMAN", "span_id": SPAN, "identifier": "user-1",
               "result": {"label": "good", "score": 1.0, "explanation": "fine"}, "metadata": {"page": 2}}  # fmt: skip
    code = {"name": "exact", "annotator_kind": "CODE", "span_id": SPAN, "result": {"score": 0}}
    document = {"name": "relevance", "annotator_kind": "LLM", "span_id": SPAN, "document_position": 0,
                "result": {"score": 1.0}}  # fmt: skip
    trace = {"name": "resolved", "annotator_kind": "HUMAN", "trace_id": TRACE.hex(), "result": {"label": "yes"}}
    session = {"name": "mood", "annotator_kind": "LLM", "session_id": "s-1", "result": {"score": 0.5}}
    sent: dict[str, list[Any]] = {
        "span": [on_span, code],
        "document": [document],
        "trace": [trace],
        "session": [session],
    }
    for kind, entries in sent.items():
        for _ in range(2):
            answer = post(phoenix, f"/v1/{kind}_annotations?sync=true", {"data": entries})
            assert (answer.status_code, len(answer.json()["data"])) == (200, len(entries)), answer.content
    assert post(phoenix, "/v1/span_notes", {"data": {"span_id": SPAN, "note": "Look."}}).status_code == 200
    assert sorted((said(feedback) for feedback in Feedback.objects.all()), key=lambda one: str(one[1])) == [
        ("run", "exact", 0.0, None, None, "rule"),
        ("thread", "mood", 0.5, None, None, "judge"),
        ("run", "note", None, None, "Look.", "user"),
        ("run", "quality", 1.0, "good", "fine", "user"),
        ("run", "relevance", 1.0, None, None, "judge"),
        ("trace", "resolved", None, "yes", None, "user"),
    ]
    assert set(Feedback.objects.filter(target="run").values_list("run_uuid", flat=True)) == {Run.objects.get().uuid}
    assert Feedback.objects.get(key="quality").metadata == {
        "page": 2,
        "annotator_kind": "HUMAN",
        "identifier": "user-1",
    }
    post(phoenix, "/v1/span_annotations", {"data": [on_span | {"result": {"score": 0.0}}]})
    assert said(Feedback.objects.get(key="quality")) == ("run", "quality", 0.0, None, None, "user")


def test_annotations_that_cannot_be_taken(phoenix: Client) -> None:
    for body, words in (
        ({"data": [{"name": "x", "span_id": SPAN}]}, "Give at least one of score"),
        ({"data": [{"span_id": SPAN, "result": {"score": 1}}]}, "name is missing"),
        ({"data": [7]}, "a JSON object"),
        ([], "a list named data"),
    ):
        answer = post(phoenix, "/v1/span_annotations", body)
        assert (answer.status_code, words in answer.json()["detail"]) == (422, True), answer.content
    answer = phoenix.post("/v1/span_annotations", "{", content_type="application/json")
    assert (answer.status_code, "not JSON" in answer.json()["detail"]) == (400, True)
    answer = phoenix.get("/v1/span_annotations")
    assert (answer.status_code, answer["allow"]) == (405, "POST")


def test_a_key_of_one_project_changes_nothing_that_another_said(people: People) -> None:
    other = ProjectFactory.create(workspace=people.workspace)

    def annotate(project: Project, label: str) -> int:
        client = Client(headers={"authorization": f"Bearer {people.token('ingest', project=project)}"})
        entry = {"session_id": "s1", "name": "quality", "annotator_kind": "HUMAN", "result": {"label": label}}
        return int(post(client, "/v1/session_annotations", {"data": [entry]}).status_code)

    assert [annotate(people.project, "good"), annotate(other, "bad"), annotate(people.project, "fair")] == [
        200,
        422,
        200,
    ]
    assert Feedback.objects.values_list("project", "value").get() == (people.project.pk, "fair")


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_no_clock_shows_is_not_kept(langfuse: Client, time: str) -> None:
    score = {"sessionId": "s", "name": "csat", "value": 1, "timestamp": time}
    assert post(langfuse, "/api/public/scores", score).status_code == 200
    assert Feedback.objects.get().created_at.year not in (1, 9999)


def test_an_id_that_no_index_takes_is_cut_as_that_of_its_traces_is(langfuse: Client) -> None:
    long = "".join(str(uuid4()) for _ in range(300))
    scores = [{"name": "csat", "value": 1} | named for named in ({"sessionId": long}, {"observationId": long})]
    assert post(langfuse, "/api/public/scores", scores).status_code == 200
    said = {(feedback.thread_id, feedback.run_external_id) for feedback in Feedback.objects.all()}
    assert said == {(long[:500], None), (None, long[:500])}


@override_settings(INGEST_MAX_REQUESTS_IN_WORK=1, INGEST_PATIENCE_SECONDS=0.05)
def test_scores_wait_for_their_turn_like_traces(langfuse: Client) -> None:
    with turns.take(("another workspace",)):
        answer = post(langfuse, "/api/public/scores", SCORES[2])
    assert (answer.status_code, answer.headers["Retry-After"], Feedback.objects.count()) == (429, "1", 0)
    assert (post(langfuse, "/api/public/scores", SCORES[2]).status_code, Feedback.objects.count()) == (200, 1)


@override_settings(INGEST_MAX_REQUESTS_OF_ONE_KEY=1, INGEST_MAX_REQUESTS=9)
def test_a_key_is_the_same_sender_in_whatever_header_and_at_whatever_door(people: People) -> None:
    token, other = people.token("ingest"), people.token("ingest")
    pair = b64encode(f"pk-lf-x:{token}".encode()).decode()
    forms = [{"x-api-key": token}, {"authorization": f"Bearer {token}"}, {"authorization": f"Basic {pair}"}]
    doors = ["/v1/traces", "/api/public/scores", "/api/v1/runs/batch"]
    with door.enter(token):
        for headers, path in product(forms, doors):
            if path != doors[2] or "Basic" not in str(headers):  # LangSmith has no pairs of keys
                assert Client(headers=headers).post(path, {}, "application/json").status_code == 429, (headers, path)
        answer = Client(headers={"x-api-key": other}).post(doors[2], {"post": []}, "application/json")
        assert answer.status_code == 202
