"""The same at the same time, in the wrong order and at the wrong time, over real HTTP: what is stored is what was sent.

Feedback before its run, children before their root, and two tenants with the same ids stand in `tests/api/test_feedback.py`
and `tests/domain/ingest/test_store.py`.
"""

import http.client
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.test import override_settings
from django.utils import timezone
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from annotation.domain.rules import routing
from annotation.models import Feedback, Project, Run, Trace
from tests.fixtures.people import People
from tests.fixtures.spans import TRACE, call, request, span

pytestmark = pytest.mark.django_db
Answer = tuple[int, bytes]
HOURS_NS = 3600 * 10**9


def post(
    address: str, token: str, body: bytes, path: str = "/v1/traces", media: str = "application/x-protobuf"
) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    connection.request("POST", path, body, {"x-api-key": token, "content-type": media})
    answer = connection.getresponse()
    content = answer.status, answer.read()
    connection.close()
    return content


def at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Each in a thread of its own, all let go in the same moment."""
    barrier, answers = threading.Barrier(len(acts)), list[Answer]()

    def run(act: Callable[[], Answer]) -> None:
        barrier.wait(10)
        answers.append(act())

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_the_same_batch_eight_times_at_once_is_there_once(live: str, people: People) -> None:
    traces = [number.to_bytes(16) for number in range(1, 6)]
    spans = [
        one for trace in traces for one in (span(1, trace=trace), *(call(n, parent=1, trace=trace) for n in (2, 3)))
    ]
    token, body = people.token("ingest"), request(spans, service_name="shop")
    assert at_once([lambda: post(live, token, body)] * 8) == [(200, b"")] * 8
    assert Run.objects.count() == 15
    assert list(Trace.objects.values_list("uuid", "run_count", "input_tokens", "project__name").order_by("uuid")) == [
        (UUID(bytes=trace), 3, 20, "shop") for trace in traces
    ]


def test_parts_of_a_trace_and_words_on_it_at_once_make_one_trace(live: str, people: People) -> None:
    token = people.token("ingest")
    word = b'{"key": "thumbs", "score": 0, "source": "user", "client_id": "click", "run_id": "%016x"}' % 4
    acts = [
        lambda one=one: post(live, token, request([one]))
        for one in (span(1), *(call(n, parent=1) for n in range(2, 6)))
    ]
    words = [lambda: post(live, token, word, "/api/v1/feedback", "application/json")] * 2
    assert sorted({status for status, _ in at_once([*acts, *words])}) == [200, 201]
    trace = Trace.objects.get()
    assert (trace.run_count, trace.input_tokens, trace.status, trace.verdict) == (5, 40, "ok", "bad")
    assert Feedback.objects.get().trace_uuid == trace.uuid


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_trace_through_two_projects_is_one_and_lies_where_its_root_is(people: People, order: tuple[int, int]) -> None:
    sender = people.api("ingest")
    parts = [
        request([span(1, name="ask"), call(2, parent=1)], service_name="front"),
        request([span(3, parent=1, name="look up"), call(4, parent=3)], service_name="back"),
    ]
    for place in order:
        assert sender.post("/v1/traces", parts[place], content_type="application/x-protobuf").status_code == 200
    trace = Trace.objects.get()
    assert (trace.project.name, trace.name, trace.run_count, trace.input_tokens) == ("front", "ask", 4, 20)
    assert set(Project.objects.values_list("name", flat=True)) >= {"front", "back"}


def test_keys_confined_to_two_projects_do_not_write_into_one_anothers_trace(people: People) -> None:
    other = Project.objects.create(workspace=people.workspace, name="voice", slug="voice")
    mine, theirs = people.api("ingest", project=people.project), people.api("ingest", project=other)
    assert mine.post("/v1/traces", request([span(1)]), content_type="application/x-protobuf").content == b""
    refused = theirs.post("/v1/traces", request([span(1, name="x"), span(2)]), content_type="application/x-protobuf")
    assert refused.status_code == 200
    assert b"2 rejected: the trace belongs to another project" in refused.content
    assert Trace.objects.values_list("name", "project__name", "run_count").get() == ("span 1", "booking", 1)


def skewed(hours: int) -> list[Span]:
    """A trace of a program whose clock is wrong, and of one whose clock was set back in the middle of a call."""
    now = int(timezone.now().timestamp()) * 10**9 + hours * HOURS_NS
    root, child = span(1, name="root"), call(2, parent=1)
    root.start_time_unix_nano, root.end_time_unix_nano = now, now + 10**9
    child.start_time_unix_nano, child.end_time_unix_nano = now + 5 * 10**8, now - HOURS_NS
    return [root, child]


@override_settings(SETTLE_QUIET_SECONDS=0)
@pytest.mark.parametrize("hours", [-30, -5, 0, 5, 30])
def test_a_wrong_clock_spoils_neither_order_nor_durations_nor_rules(people: People, hours: int) -> None:
    before = timezone.now()
    sent = skewed(hours)
    answer = people.api("ingest").post("/v1/traces", request(sent), content_type="application/x-protobuf")
    assert (answer.status_code, answer.content) == (200, b"")
    trace = Trace.objects.get()
    begun = datetime.fromtimestamp(sent[0].start_time_unix_nano / 1e9, UTC)
    assert (trace.started_at, trace.ended_at, trace.latency_ms) == (begun, begun + timedelta(seconds=1), 1000)
    backwards = Run.objects.get(external_id=f"{2:016x}")
    as_sent = datetime.fromtimestamp(sent[1].end_time_unix_nano / 1e9, UTC)
    assert (backwards.ended_at, backwards.latency_ms) == (as_sent, 0)
    assert before <= trace.changed_at <= timezone.now()  # the server's clock decides when a trace has come to rest
    assert routing.sweep(now=timezone.now()).settled_count == 1
    [listed] = people.api("read").get("/api/v1/traces").json()["results"]
    assert listed["id"] == str(UUID(bytes=TRACE))
