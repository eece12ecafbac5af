"""Decoding and mapping: right for any bytes and any values."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.db.models import JSONField
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.domain.ingest import dialects, identity, mapping, otlp, rows, values
from annotation.domain.ingest.dialects import indexed
from annotation.domain.ingest.otlp import Encoding, MalformedPayloadError
from annotation.domain.ingest.rollup import summarise
from annotation.domain.ingest.spans import Span
from annotation.models import Run
from tests.domain.ingest import strategies
from tests.fixtures.spans import call, request, span

BODY = request(
    [call(1, attributes={"session.id": "é", "list": ["a", 1, 2.5, True]}), span(2, parent=1)], service_name="s"
)


def decoded(body: bytes, encoding: Encoding) -> None:
    """Anything but the decoder's own error fails the test."""
    try:
        found = otlp.decode(body, encoding=encoding)
    except MalformedPayloadError:
        return
    for one in found.spans:
        assert (len(one.trace_id), len(one.span_id)) == (16, 8)


@given(st.binary(max_size=200))
def test_any_bytes_are_spans_or_malformed(body: bytes) -> None:
    for encoding in Encoding:
        decoded(body, encoding)


@given(st.integers(0, len(BODY) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_request_is_spans_or_malformed(place: int, damage: bytes) -> None:
    decoded(BODY[:place] + damage + BODY[place + len(damage) :], Encoding.PROTOBUF)
    decoded(BODY[:place], Encoding.PROTOBUF)


otlp_words = st.sampled_from(
    ["resourceSpans", "resource", "scopeSpans", "spans", "traceId", "spanId", "parentSpanId", "attributes", "key",
     "value", "stringValue", "intValue", "arrayValue", "kvlistValue", "values", "startTimeUnixNano", "links", "events"]
)  # fmt: skip
otlp_documents = st.recursive(
    strategies.scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(otlp_words, inner, max_size=4),
    max_leaves=30,
)


JSON_COLUMNS = [field.attname for field in Run._meta.concrete_fields if isinstance(field, JSONField)]


@given(otlp_documents)
def test_any_json_is_spans_or_malformed(document: Any) -> None:
    decoded(json.dumps(document).encode(), Encoding.JSON)
    decoded(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [document]}]}]}).encode(), Encoding.JSON)


@settings(max_examples=300)
@given(strategies.spans)
def test_any_span_becomes_a_run_that_can_be_stored(one: Span) -> None:
    cleaned = {key: values.clean(value) for key, value in one.attributes.items()}
    one = Span(**{name: getattr(one, name) for name in Span.__slots__} | {"attributes": cleaned})
    [run] = mapping.to_runs([one], received_ns=1)
    row = rows.run_row(run, workspace_id=1, trace_pk=1)
    document = orjson.dumps({name: row[name] for name in JSON_COLUMNS})
    assert "\0" not in json.dumps(json.loads(document), ensure_ascii=False)
    assert run.type in Run.Type.values
    assert 0 < run.started_ns <= mapping.LAST_NS
    assert summarise([rows.run_summary(run)]).run_count == 1
    _, taken, _ = dialects.read(one)
    kept = run.attributes.keys() | taken
    assert one.attributes.keys() <= kept


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(strategies.KEYS), unique=True, max_size=25),
    st.sampled_from(["{}", '{{"content": "{}"}}', '[{{"role": "user", "content": "{}"}}]', '"{}"']),
    strategies.kinds,
)
def test_what_any_attribute_says_is_somewhere_in_the_run(keys: list[str], form: str, kind: str) -> None:
    marks = {key: f"mark-{number}-" for number, key in enumerate(keys)}
    sent = {key: form.format(mark) for key, mark in marks.items()} | {"openinference.span.kind": kind}
    marks.pop("openinference.span.kind", None)
    [run] = mapping.to_runs([Span(bytes(16), bytes(8), None, "s", 1, 2, sent)], received_ns=1)
    row = orjson.dumps(rows.run_row(run, workspace_id=1, trace_pk=1), default=str).decode()
    assert [key for key, mark in marks.items() if mark not in row] == []


@given(st.dictionaries(st.text(max_size=12) | st.sampled_from(["a.1.x", "a.10.x", "a.2", "a.²"]), st.integers()))
def test_numbered_attributes_come_in_numeric_order(attributes: dict[str, int]) -> None:
    found, keys = indexed.entries(attributes, "a.")
    assert len(found) <= len(attributes)
    assert set(keys) <= attributes.keys()


def test_huge_indices_and_gaps_cost_nothing() -> None:
    attributes = {"a.999999999.x": 3, "a.2.x": 1, "a.10.x": 2, "a.9999999999999.x": 4}
    assert indexed.entries(attributes, "a.")[0] == [{"x": 1}, {"x": 2}, {"x": 3}]
    many = {f"a.{number}.x": number for number in range(indexed.MAX_ENTRIES + 5)}
    assert len(indexed.entries(many, "a.")[0]) == indexed.MAX_ENTRIES


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=8, max_size=8))
def test_run_ids_are_valid_uuids_that_anyone_can_compute(trace_id: bytes, span_id: bytes) -> None:
    run = identity.run_uuid(trace_id, span_id)
    assert (run.version, run.variant) == (8, "specified in RFC 4122")
    assert run == identity.run_uuid(trace_id, span_id)


def test_the_formula_of_run_ids_stays_for_ever() -> None:
    trace_id, span_id = bytes.fromhex("0af7651916cd43dd8448eb211c80319c"), bytes.fromhex("b7ad6b7169203331")
    assert identity.trace_uuid(trace_id) == UUID("0af76519-16cd-43dd-8448-eb211c80319c")
    assert identity.run_uuid(trace_id, span_id) == UUID("e2681862-d99e-887f-8991-ca7edf58cbce")


@pytest.mark.parametrize(
    ("sent", "count"),
    [
        (3, 3),
        ("3", 3),
        (3.0, 3),
        ("3.0", 3),
        (-1, None),
        (True, None),
        ("x", None),
        (2**60, None),
        (float("inf"), None),
    ],
)
def test_counts_come_as_numbers_or_text(sent: Any, count: int | None) -> None:
    assert values.as_count(sent) == count


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42", "42"),
        ("true", "true"),
        ('{"a": [1]}', {"a": [1]}),
        ("{broken", "{broken"),
        ('{"a": "\\u0000", "b": NaN}', {"a": "\ufffd", "b": "NaN"}),
        ('["\\ud800"]', ["\ufffd"]),
        ("[NaN, 1" + "0" * 30 + "]", ["NaN", "1" + "0" * 30]),
        ("[" * 65 + "]" * 65, "[" * 65 + "]" * 65),
    ],
)
def test_json_in_text_is_read_if_it_is_an_object_or_a_list(text: str, value: Any) -> None:
    assert values.parsed(text) == value


def test_costs_keep_their_digits() -> None:
    one = otlp.decode(request([call(1, attributes={"gen_ai.usage.cost": 0.0001})]), encoding=Encoding.PROTOBUF).spans[0]
    assert mapping.to_run(one, received_ns=1).cost == Decimal("0.0001")
