"""Storing: any order, several requests, at the same time, twice."""

import random
import threading
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from annotation.domain.ingest import identity, receive
from annotation.domain.ingest.otlp import Encoding
from annotation.domain.ingest.records import Rejections
from annotation.domain.projects import keys
from annotation.models import ApiKey, Project, Run, Trace
from tests.fixtures.people import People
from tests.fixtures.spans import TRACE, call, request, span

NOW_NS = 1_795_221_400_000_000_000


def key_of(people: People, project: Project | None = None) -> ApiKey:
    return keys.authenticate_key(people.token("ingest", project=project), now=timezone.now())


def send(key: ApiKey, *spans: Span, project: str | None = None, **resource: Any) -> Rejections:
    return receive.receive(
        sender=receive.Sender(key, project),
        body=request(spans, **resource),
        encoding=Encoding.PROTOBUF,
        received_ns=NOW_NS,
    )


def summary() -> dict[str, Any]:
    """The trace without what depends on when it was written."""
    row = Trace.objects.values().get()
    return {name: value for name, value in row.items() if name not in ("id", "changed_at", "created_at", "search")}


SPANS = [
    span(1, name="agent", seconds=3, attributes={"session.id": "thread", "gen_ai.usage.input_tokens": 99}),
    call(2, parent=1, tokens=(10, 5), attributes={"gen_ai.response.id": "a"}),
    call(3, parent=1, tokens=(10, 5), attributes={"gen_ai.response.id": "a"}),
    call(4, parent=1, tokens=(20, 7), seconds=2, attributes={"user.id": "ada"}),
]


@pytest.mark.django_db
def test_any_order_in_any_number_of_requests_gives_the_same_trace(people: People) -> None:
    key = key_of(people)
    send(key, *SPANS)
    wanted = summary()
    assert wanted["name"] == "agent"
    assert (wanted["input_tokens"], wanted["output_tokens"], wanted["total_tokens"]) == (30, 12, 42)
    assert (wanted["input"], wanted["output"]) == ("question", "answer 4")
    assert (wanted["thread_id"], wanted["user_id"], wanted["run_count"]) == ("thread", "ada", 4)
    assert wanted["latency_ms"] == 3000
    for order in permutations(SPANS):
        Trace.objects.all().delete()
        for one in order:
            send(key, one)
        assert summary() == wanted


@pytest.mark.django_db
def test_replays_change_nothing(people: People) -> None:
    key = key_of(people)
    send(key, *SPANS)
    before, runs = Trace.objects.values().get(), list(Run.objects.order_by("id").values())
    send(key, *SPANS)
    send(key, SPANS[2])
    assert Trace.objects.values().get() == before
    assert list(Run.objects.order_by("id").values()) == runs


@pytest.mark.django_db
def test_a_trace_is_pending_until_its_root_has_come(people: People) -> None:
    key = key_of(people)
    send(key, SPANS[1])
    trace = Trace.objects.get()
    assert (trace.status, trace.name, trace.ended_at, trace.root_run_uuid) == ("pending", "span 2", None, None)
    Trace.objects.update(settled_at=timezone.now())
    send(key, SPANS[0])
    trace.refresh_from_db()
    assert (trace.status, trace.name, trace.settled_at) == ("ok", "agent", None)
    assert trace.root_run_uuid == identity.run_uuid(TRACE, (1).to_bytes(8))
    assert trace.uuid == UUID(bytes=TRACE)


@pytest.mark.django_db
def test_of_two_versions_of_a_span_the_one_that_ended_last_holds(people: People) -> None:
    key = key_of(people)
    short, long = span(1, seconds=1, name="early"), span(1, seconds=2, name="late", status=2, message="broke")
    for order in ((short, long), (long, short)):
        for requests in ([order], [(order[0],), (order[1],)]):
            Trace.objects.all().delete()
            for batch in requests:
                send(key, *batch)
            run = Run.objects.get()
            assert (run.name, run.status, run.error_message, run.latency_ms) == ("late", "error", "broke", 2000)
            assert Trace.objects.values_list("name", "status", "error").get() == ("late", "error", "broke")


@pytest.mark.django_db
def test_a_childs_error_is_not_its_roots(people: People) -> None:
    send(key_of(people), span(1), span(2, parent=1, status=2, message="broke"))
    assert Trace.objects.values_list("status", "error", "error_count").get() == ("ok", None, 1)


@pytest.mark.django_db
def test_projects_come_from_the_request_the_resource_or_the_key(people: People) -> None:
    key, bound = key_of(people), key_of(people, people.project)
    traces = [number.to_bytes(16) for number in range(1, 6)]
    send(key, span(1, trace=traces[0]), project="named", service_name="shop")
    send(key, span(1, trace=traces[1]), service_name="shop")
    send(key, span(1, trace=traces[2]), service_name="unknown_service:python")
    send(bound, span(1, trace=traces[3]), service_name="shop")
    assert list(Trace.objects.order_by("uuid").values_list("project__name", flat=True)) == [
        "named", "shop", "default", "booking"
    ]  # fmt: skip
    with pytest.raises(receive.ForeignProjectError):
        send(bound, span(1, trace=traces[4]), project="shop")


@pytest.mark.django_db
def test_a_key_of_one_project_cannot_touch_traces_of_another(people: People) -> None:
    send(key_of(people), span(1), service_name="shop")
    rejected = send(key_of(people, people.project), span(2, parent=1), span(3, parent=1))
    assert rejected.count == 2
    assert "another project" in rejected.message
    assert Run.objects.count() == 1


@pytest.mark.django_db
def test_the_same_ids_in_another_workspace_are_other_rows(people: People) -> None:
    other = keys.create(
        workspace=people.elsewhere, name="other", scopes=["ingest"], by=people.outsider, now=timezone.now()
    ).key
    send(key_of(people), *SPANS)
    send(other, span(1, name="theirs"))
    assert sorted(Trace.objects.values_list("workspace__slug", "name", "run_count")) == [
        ("acme", "agent", 4), ("other", "theirs", 1)
    ]  # fmt: skip


@pytest.mark.django_db
def test_hostile_values_are_stored_clean(people: People) -> None:
    huge = "x" * 20_000
    rejected = send(
        key_of(people),
        span(1, name="nul \0 name", attributes={"session.id": huge, "nan": float("nan"), "nul": "a\0b"}),
        span(2, parent=1, attributes={"gen_ai.tool.call.arguments": '{"a": "\\u0000"}', "gen_ai.tool.name": "t"}),
        span(3, parent=1, attributes={"gen_ai.input.messages": "[" * 5000, "llm.input_messages.9.message.role": "u"}),
    )
    assert rejected.count == 0
    first, second, third = Run.objects.order_by("start_nano")
    assert first.name == "nul \ufffd name"
    assert first.attributes == {"session.id": huge, "nan": "NaN", "nul": "a\ufffdb"}
    assert first.thread_id == huge[:500]
    assert second.tool == {"name": "t", "arguments": {"a": "\ufffd"}, "result": None}
    assert third.inputs == "[" * 5000


@pytest.mark.django_db
def test_a_text_that_the_index_refuses_is_shortened_and_holds_up_nobody(people: People) -> None:
    """Hyphenated words of letters of four bytes make an index entry that is larger than PostgreSQL allows."""
    letters, chance = [chr(0x20000 + number) for number in range(40_000)], random.Random(1)
    words, more = (
        " ".join("-".join("".join(chance.choices(letters, k=2)) for _ in range(60)) for _ in range(600)) for _ in "io"
    )
    attributes = {"openinference.span.kind": "CHAIN", "input.value": words, "output.value": more}
    rejected = send(key_of(people), *SPANS, span(1, trace=(7).to_bytes(16), attributes=attributes))
    assert (rejected.count, Run.objects.count()) == (0, 5)
    hostile = Run.objects.get(trace__uuid=UUID(int=7))
    assert (hostile.inputs, hostile.input_text) == (words, words[:20_000])


@pytest.mark.django_db
def test_absurd_times_do_not_lose_a_span(people: People) -> None:
    early, late = span(1), span(2, parent=1)
    early.start_time_unix_nano = early.end_time_unix_nano = 0
    late.start_time_unix_nano = late.end_time_unix_nano = 2**64 - 1
    assert send(key_of(people), early, late).count == 0
    assert {run.start_nano for run in Run.objects.all()} == {NOW_NS}
    assert Trace.objects.get().status == "pending"


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_neither_block_nor_double(people: People) -> None:
    """Eight writers send overlapping batches of the same twenty traces in different orders."""
    key = key_of(people)
    spans = [
        one
        for number in range(20)
        for trace in [(number + 1).to_bytes(16)]
        for one in (span(1, trace=trace), call(2, parent=1, trace=trace), call(3, parent=1, trace=trace))
    ]
    failures: list[BaseException] = []

    def write(seed: int) -> None:
        shuffled = random.Random(seed).sample(spans, len(spans))
        try:
            for start in range(0, len(shuffled), 7):
                send(key, *shuffled[start : start + 7])
        except BaseException as failure:  # noqa: BLE001 -- reported below
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Run.objects.count() == 60
    rows = set(Trace.objects.values_list("status", "run_count", "input_tokens", "output_tokens", "input", "output"))
    assert (Trace.objects.count(), rows) == (20, {("ok", 3, 20, 10, "question", "answer 3")})


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_costs_the_same_number_of_statements(
    people: People, django_assert_num_queries: Any, count: int
) -> None:
    key = key_of(people)
    Project.objects.create(workspace=people.workspace, name="shop", slug="shop")
    spans = [span(1, trace=number.to_bytes(16)) for number in range(1, count + 1)]
    with django_assert_num_queries(9):
        send(key, *spans, service_name="shop")
    more = [call(2, parent=1, trace=number.to_bytes(16)) for number in range(1, count + 1)]
    with django_assert_num_queries(15):  # one of them asks for prices, once a second
        send(key, *more, service_name="shop")
