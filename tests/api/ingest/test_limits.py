"""What is too much or makes no sense is refused with a reason, span by span; the rest of its batch is stored whole."""

import json
from typing import Any

import pytest
from django.test import Client, override_settings
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # has no stubs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from annotation.models import LogRecord, Run, Trace
from tests.fixtures.logs import log_request, record
from tests.fixtures.people import People
from tests.fixtures.spans import TRACE, pairs, request, span

pytestmark = pytest.mark.django_db

PROTOBUF = "application/x-protobuf"


@pytest.fixture
def client(people: People) -> Client:
    return Client(headers={"x-api-key": people.token("ingest")})


def post(client: Client, body: bytes, signal: str = "traces", content_type: str = PROTOBUF) -> Any:
    return client.post(f"/v1/{signal}", body, content_type=content_type)


def partial(answer: Any) -> tuple[int, str]:
    assert answer.status_code == 200, answer.content
    success = ExportTraceServiceResponse.FromString(answer.content).partial_success
    return success.rejected_spans, success.error_message


@override_settings(MAX_SPANS_PER_REQUEST=2)
def test_too_many_in_one_request(client: Client) -> None:
    spans, records = [span(n) for n in (1, 2, 3)], [record("x", span=n) for n in (1, 2, 3)]
    for signal, body, members in (("traces", request(spans), "spans"), ("logs", log_request(records), "log records")):
        answer = post(client, body, signal)
        words = f"the request holds 3 {members}, more than 2: send smaller batches"
        assert (answer.status_code, Status.FromString(answer.content).message) == (413, words)
    assert (Run.objects.count(), LogRecord.objects.count()) == (0, 0)
    assert partial(post(client, request(spans[:2]))) == (0, "")


@override_settings(MAX_ATTRIBUTE_BYTES=1000)
def test_an_attribute_that_is_too_large_costs_its_span_only(client: Client) -> None:
    in_event = span(3)
    in_event.events.add(name="e").attributes.extend(pairs({"deep": ["x" * 2000]}))
    spans = [
        span(1, attributes={"big": "x" * 2000}),
        span(2, attributes={f"k{n}": "x" * 900 for n in range(9)}),
        in_event,
    ]
    assert partial(post(client, request(spans))) == (
        2,
        (
            "1 rejected: the attribute 'big' is larger than 1000 bytes; "
            "1 rejected: the attribute 'deep' is larger than 1000 bytes"
        ),
    )
    run = Run.objects.get()
    assert (run.name, run.attributes["k8"]) == ("span 2", "x" * 900)
    records = [record("x", span=2, body="y" * 2000), record("x", span=2, body="y" * 900)]
    assert partial(post(client, log_request(records), "logs")) == (
        1, "1 rejected: the attribute 'body' is larger than 1000 bytes"
    )  # fmt: skip
    assert LogRecord.objects.get().body == "y" * 900


def test_a_large_value_stays_whole(client: Client) -> None:
    big = "".join(chr(0x21 + n % 90) for n in range(3_000_000))
    assert partial(post(client, request([span(1, attributes={"input.value": big, "other": big})]))) == (0, "")
    assert Run.objects.get().attributes["other"] == big


@override_settings(MAX_RUNS_PER_TRACE=3)
def test_the_runs_of_a_trace_are_bounded(client: Client) -> None:
    words = "rejected: the trace has 3 runs, and may not have more"
    assert partial(post(client, request([span(n) for n in range(1, 6)]))) == (2, f"2 {words}")
    assert partial(post(client, request([span(4), span(2), span(7, trace=bytes(15) + b"1")]))) == (1, f"1 {words}")
    newer = post(client, request([span(2, seconds=5), span(9)]))
    assert partial(newer) == (1, f"1 {words}")
    assert Trace.objects.get(uuid=TRACE.hex()).run_count == Run.objects.filter(trace__uuid=TRACE.hex()).count() == 3
    assert Run.objects.get(name="span 2", trace__uuid=TRACE.hex()).latency_ms == 5000


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {"stringValue": "inside"}
    for _ in range(depth):
        value = {"arrayValue": {"values": [value]}}
    return value


ODD_SPANS: dict[str, dict[str, Any]] = {
    "NUL and half a pair": {"name": "a\0b\ud83d"},
    "numbers that are none": {"attributes": [{"key": "x", "value": {"doubleValue": "NaN"}}]},
    "infinite": {"attributes": [{"key": "x", "value": {"doubleValue": "-Infinity"}}]},
    "deep": {"attributes": [{"key": "x", "value": nested(40)}]},
    "deeper than protobuf reads": {"attributes": [{"key": "x", "value": nested(150)}]},
    "deep JSON in a text": {"attributes": [{"key": "input.value", "value": {"stringValue": "[" * 100_000}}]},
    "before its start": {"startTimeUnixNano": "1795221349000000000", "endTimeUnixNano": "5"},
    "no time": {"startTimeUnixNano": "0", "endTimeUnixNano": "0"},
    "the end of time": {"startTimeUnixNano": str(2**64 - 1), "endTimeUnixNano": str(2**64 - 1)},
    "beyond the end of time": {"startTimeUnixNano": "99999999999999999999999"},
    "a time in the past tense": {"startTimeUnixNano": -5},
    "a huge integer": {"attributes": [{"key": "x", "value": {"intValue": "9223372036854775807"}}]},
    "an integer that is too large": {"attributes": [{"key": "x", "value": {"intValue": "9" * 30}}]},
    "attributes as an object": {"attributes": {"a": 1}},
    "an unknown kind": {"kind": 77, "status": {"code": 9}},
    "its own parent": {"parentSpanId": "00000000000000aa"},
    "a parent of the wrong length": {"parentSpanId": "aa"},
    "a name that is none": {"name": 5},
    "an endless index": {"attributes": [{"key": "llm.input_messages.999999999.message.role", "value": {"stringValue": "u"}}]},
    "usage beyond reason": {"attributes": [{"key": "gen_ai.usage.input_tokens", "value": {"stringValue": "1e400"}}]},
    "an id of letters": {"spanId": "not hex, not hex"},
}  # fmt: skip


@pytest.mark.parametrize("case", ODD_SPANS)
def test_an_odd_span_does_not_cost_its_batch(client: Client, case: str) -> None:
    plain = {"traceId": TRACE.hex(), "spanId": "00000000000000bb", "name": "plain", "startTimeUnixNano": "1795221348000000000",
             "endTimeUnixNano": "1795221349000000000"}  # fmt: skip
    odd = plain | {"spanId": "00000000000000aa", "name": "odd"} | ODD_SPANS[case]
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [odd, plain]}]}]}).encode()
    answer = post(client, body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    rejected = int(answer.json().get("partialSuccess", {}).get("rejectedSpans", 0))
    assert bool(rejected) is bool(answer.json().get("partialSuccess", {}).get("errorMessage"))
    assert Run.objects.filter(name="plain").count() == 1
    assert Run.objects.count() == 2 - rejected
    assert client.post("/v1/traces", body, content_type="application/json").content == answer.content


def test_the_same_id_twice_in_one_request_is_one_run(client: Client) -> None:
    assert partial(post(client, request([span(1), span(1, seconds=3), span(1, seconds=2)]))) == (0, "")
    assert Run.objects.get().latency_ms == 3000


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary(min_size=1, max_size=120)
    | st.binary(max_size=30).map(lambda noise: log_request([record("x", span=1)]) + noise),
    st.sampled_from(["traces", "logs"]),
    st.sampled_from([PROTOBUF, "application/json"]),
)
def test_any_bytes_at_any_address_are_answered(client: Client, body: bytes, signal: str, content_type: str) -> None:
    assert post(client, body, signal, content_type).status_code in (200, 400)
