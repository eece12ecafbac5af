"""The address for exporters, as the OTLP specification wants it."""

import json
from base64 import b64encode
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client, override_settings
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # has no stubs
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from annotation.domain.ingest import store
from annotation.models import ApiKey, Run, Trace
from tests.fixtures.people import People
from tests.fixtures.spans import request, span

pytestmark = pytest.mark.django_db

PROTOBUF, JSON = "application/x-protobuf", "application/json"
EMPTY = {PROTOBUF: b"", JSON: b"{}"}


def post(people: People, body: bytes, content_type: str = PROTOBUF, **headers: str) -> Any:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    token = named.pop("token", None) or people.token("ingest")
    return Client().post(
        "/v1/traces",
        body,
        content_type=content_type,
        headers={"x-api-key": token, "content-type": content_type, **named},
    )


def reason(answer: Any) -> str:
    """The message of a google.rpc.Status in the answer's encoding."""
    if answer["content-type"] == JSON:
        return str(json.loads(answer.content)["message"])
    return str(Status.FromString(answer.content).message)


def as_json(**span_fields: Any) -> bytes:
    fields = {
        "traceId": "0AF7651916CD43DD8448EB211C80319C",
        "spanId": "b7AD6b7169203331",
        "name": "json",
        "kind": 3,
        "startTimeUnixNano": "1795221348000000000",
        "endTimeUnixNano": 1795221349000000000,
        "attributes": [{"key": "count", "value": {"intValue": "3"}}, {"key": "other", "value": {"intValue": 4}}],
        "fieldOfTomorrow": {"x": 1},
    } | span_fields
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [fields]}]}]}).encode()


def test_json_with_hex_ids_and_both_kinds_of_integers(people: People) -> None:
    answer = post(people, as_json(), "application/json; charset=utf-8")
    assert (answer.status_code, answer["content-type"], answer.content) == (200, JSON, b"{}")
    run = Run.objects.get()
    assert (run.external_id, run.trace.uuid.hex) == ("b7ad6b7169203331", "0af7651916cd43dd8448eb211c80319c")
    assert run.attributes == {"count": 3, "other": 4, "otel.span.kind": "client"}
    assert run.latency_ms == 1000


def basic(pair: str) -> str:
    return f"Basic {b64encode(pair.encode()).decode()}"


#: How the SDKs of others send: their address, their headers with the key in them, and the project they end up in.
CLIENTS = {
    "plain": ("/v1/traces", {"x-api-key": "{key}"}, "default"),
    "bearer": ("/otlp/v1/traces", {"authorization": "Bearer {key}", "x-traceapp-project": "chosen"}, "chosen"),
    "langsmith": ("/otel/v1/traces", {"x-api-key": "{key}", "Langsmith-Project": "booking"}, "booking"),
    "langsmith /api": ("/api/otel/v1/traces", {"x-api-key": "{key}"}, "default"),
    "langsmith /api/v1": ("/api/v1/otel/v1/traces", {"x-api-key": "{key}"}, "default"),
    "langfuse": ("/api/public/otel/v1/traces", {"authorization": "pk-lf-any:{key}"}, "default"),
    "langfuse, the other way round": ("/api/public/otel/v1/traces", {"authorization": "{key}:any"}, "default"),
    "phoenix": ("/v1/traces", {"api_key": "{key}"}, "default"),
    "phoenix with bearer": ("/v1/traces", {"authorization": "bearer {key}"}, "default"),
    "mlflow": ("/v1/traces", {"authorization": "Bearer {key}", "x-mlflow-experiment-id": "7"}, "7"),
    "opik": (
        "/api/v1/private/otel/v1/traces",
        {"authorization": "{key}", "projectName": "chosen", "Comet-Workspace": "any"},
        "chosen",
    ),
}


@pytest.mark.parametrize("client", CLIENTS)
def test_every_sdk_by_its_own_address_and_headers(people: People, client: str) -> None:
    path, named, project = CLIENTS[client]
    token = people.token("ingest")
    headers = {name: value.replace("{key}", token) for name, value in named.items()}
    if client.startswith("langfuse"):
        headers["authorization"] = basic(headers["authorization"])
    answer = Client().post(path, request([span(1)]), content_type=PROTOBUF, headers=headers)
    assert (answer.status_code, answer["content-type"], answer.content) == (200, PROTOBUF, b"")
    assert Run.objects.get().trace.project.name == project


@pytest.mark.parametrize("header", ["Basic %%%", "Basic", "Basic eDp5", "Digest x", "nonsense", "Bearer "])
def test_headers_that_hold_no_key(people: People, header: str) -> None:
    answer = Client().post("/v1/traces", b"", content_type=PROTOBUF, headers={"authorization": header})
    assert (answer.status_code, "x-api-key" in reason(answer)) == (401, True)


@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
def test_nothing_to_store_is_a_success(people: People, content_type: str) -> None:
    answer = post(people, EMPTY[content_type], content_type)
    assert (answer.status_code, answer.content) == (200, EMPTY[content_type])


def test_spans_that_cannot_be_identified_are_counted_and_the_others_stored(people: People) -> None:
    nameless, zero = span(2), span(3)
    nameless.ClearField("span_id")
    zero.trace_id = bytes(16)
    answer = post(people, request([span(1), nameless, zero]))
    partial = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert (answer.status_code, partial.rejected_spans) == (200, 2)
    assert partial.error_message == (
        "1 rejected: the span id is missing, all zero or not 8 bytes; "
        "1 rejected: the trace id is missing, all zero or not 16 bytes"
    )
    assert Run.objects.get().name == "span 1"


def test_one_unreadable_span_does_not_lose_the_batch(people: People) -> None:
    broken = json.loads(as_json())
    spans = broken["resourceSpans"][0]["scopeSpans"][0]["spans"]
    spans.append({**spans[0], "spanId": "00000000000000aa", "attributes": {"a": "not OTLP"}})
    answer = post(people, json.dumps(broken).encode(), JSON)
    assert answer.json()["partialSuccess"]["rejectedSpans"] == "1"
    damaged = request([span(1, name="good"), span(2, name="BROKEN")]).replace(b"BROKEN", b"BR\xff\xfeEN")
    answer = post(people, damaged)
    assert ExportTraceServiceResponse.FromString(answer.content).partial_success.rejected_spans == 1
    assert sorted(Run.objects.values_list("name", flat=True)) == ["good", "json"]


def test_json_that_javascript_writes_and_python_writes_is_read(people: People) -> None:
    body = as_json(name="half \\ud83d emoji").replace(b"\\\\ud83d", b"\\ud83d").replace(b'"3"', b"NaN")
    assert post(people, as_json(name="x").replace(b'"x"', b'"half \\ud83d emoji"'), JSON).status_code == 200
    assert Run.objects.get().name == "half \ufffd emoji"
    assert post(people, body, JSON).status_code == 200


@pytest.mark.parametrize(
    ("content_type", "body", "words"),
    [
        (PROTOBUF, b"\xff\xff\xff", "not an OTLP trace export"),
        (JSON, b"{", "not JSON"),
        (JSON, b"[" * 100_000, "not JSON"),
        (JSON, b"[]", "not a JSON object"),
        (JSON, b'{"resourceSpans": 5}', "not an OTLP trace export"),
        (JSON, b'{"resourceLogs": []}', "holds logs, not spans"),
    ],
)
def test_malformed_bodies(people: People, content_type: str, body: bytes, words: str) -> None:
    answer = post(people, body, content_type)
    assert (answer.status_code, answer["content-type"]) == (400, content_type)
    assert words in reason(answer)


def test_logs_at_the_address_for_traces_are_named(people: People) -> None:
    logs = ExportLogsServiceRequest()
    record = logs.resource_logs.add().scope_logs.add().log_records.add(observed_time_unix_nano=1, trace_id=bytes(16))
    record.body.string_value = "hello"
    answer = post(people, logs.SerializeToString())
    assert (answer.status_code, reason(answer).startswith("this body holds logs")) == (400, True)


@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
def test_who_may_not_send(people: People, content_type: str) -> None:
    for token in ("ta_", "ta_unknown"):
        answer = post(people, b"", content_type, token=token)
        assert (answer.status_code, answer["content-type"]) == (401, content_type)
        assert "x-api-key" in reason(answer)
    answer = post(people, b"", content_type, token=people.token("read"))
    assert (answer.status_code, reason(answer)) == (403, "this key may not send traces: it lacks the scope ingest")
    bound = people.token("ingest", project=people.project)
    answer = post(people, EMPTY[content_type], content_type, token=bound, x_traceapp_project="other")
    assert (answer.status_code, "booking" in reason(answer)) == (403, True)


@pytest.mark.parametrize(
    ("is_confined", "service", "header", "project"),
    [
        (True, "voice-agent", "", "booking"),
        (False, "voice-agent", "", "voice-agent"),
        (False, "voice-agent", "other", "other"),
        (False, "", "", "booking"),
    ],
)
def test_which_project_a_trace_goes_to(
    people: People, *, is_confined: bool, service: str, header: str, project: str
) -> None:
    token = people.token("ingest", project=people.project)
    ApiKey.objects.update(is_confined=is_confined)
    body = json.loads(as_json())
    body["resourceSpans"][0]["resource"] = {
        "attributes": [{"key": "service.name", "value": {"stringValue": service}}] if service else []
    }
    headers = {"x_traceapp_project": header} if header else {}
    assert post(people, json.dumps(body).encode(), JSON, token=token, **headers).status_code == 200
    assert Trace.objects.get().project.name == project


def test_other_media_types_and_packings(people: People) -> None:
    answer = post(people, b"x", "text/plain")
    assert (answer.status_code, "application/x-protobuf" in reason(answer)) == (415, True)
    answer = post(people, b"x", PROTOBUF, content_encoding="br")
    assert (answer.status_code, "gzip" in reason(answer)) == (415, True)


@override_settings(INGEST_MAX_REQUESTS=0)
@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
def test_a_flood_is_told_to_come_again(people: People, content_type: str) -> None:
    answer = post(people, b"", content_type)
    assert (answer.status_code, answer["content-type"], answer["retry-after"]) == (429, content_type, "1")
    assert "try again" in reason(answer)


@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
def test_a_database_that_is_gone_is_no_loss(people: People, monkeypatch: pytest.MonkeyPatch, content_type: str) -> None:
    def gone(**_unused: object) -> None:
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(store, "write", gone)
    body = request([span(1)]) if content_type == PROTOBUF else as_json()
    answer = post(people, body, content_type)
    assert (answer.status_code, answer["content-type"], answer["retry-after"]) == (503, content_type, "5")
    assert "nothing of this request was stored" in reason(answer)
    assert Trace.objects.count() == 0


@pytest.mark.parametrize("state", ["disk_full", "admin_shutdown"])
def test_a_database_that_fails_in_the_middle_of_storing_is_no_loss(people: People, state: str) -> None:
    """As a full disk does: the tables are there, the rows do not go in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE {state}; END $$; "
            "CREATE TRIGGER fail BEFORE INSERT ON annotation_run FOR EACH ROW EXECUTE FUNCTION fail()"
        )
    answer = post(people, request([span(1)]))
    assert (answer.status_code, answer["retry-after"]) == (503, "5")
    assert "nothing of this request was stored" in reason(answer)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER fail ON annotation_run")
    assert post(people, request([span(1)])).status_code == 200
    assert Run.objects.count() == 1


def test_only_post(people: People) -> None:
    answer = Client().get("/v1/traces")
    assert (answer.status_code, answer["allow"]) == (405, "POST")


@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
def test_metrics_are_told_how_to_stop(people: People, content_type: str) -> None:
    answer = people.api("ingest").post("/otlp/v1/metrics", b"x", content_type=content_type)
    assert (answer.status_code, answer["content-type"]) == (404, content_type)
    assert "OTEL_METRICS_EXPORTER=none" in reason(answer)
