"""Web and worker are killed in the middle of the work: nothing acknowledged is lost, nothing is doubled."""

import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from subprocess import Popen
from typing import Any

import psutil
import pytest
from django.db.models import Count, F
from django.utils import timezone

from annotation import jobs
from annotation.domain.queues import items, rubric, subjects
from annotation.domain.queues import lifecycle as queues
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.settings import QueueSettings
from annotation.domain.rules import lifecycle as rules
from annotation.domain.rules.actions import AddToQueue
from annotation.domain.rules.lifecycle import RuleDraft
from annotation.models import ApiKey, Feedback, Item, Queue, Review, Run, Trace
from tests.factories import TraceFactory
from tests.fixtures.people import People
from tests.fixtures.processes import free_port, running, wait_until_alive

TRACES, REVIEWS, SPANS, TOKENS = 90, 30, 3, 7
ACKNOWLEDGED_BEFORE_THE_KILL = 30
WORKER = ("-m", "celery", "-A", "traceapp", "worker", "--pool=solo", "-Q", "ingest,default", "--without-mingle")


@dataclass(slots=True)
class Ledger:
    """What the servers said yes to, by kind and number."""

    acknowledged: set[tuple[str, int]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, kind: str, number: int, request: urllib.request.Request) -> None:
        """Send it; note it down if it is acknowledged. A server that is gone acknowledges nothing."""
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                answer.read()
        except (urllib.error.URLError, OSError, ValueError):
            return
        with self.lock:
            self.acknowledged.add((kind, number))

    def numbers(self, kind: str) -> set[int]:
        """The acknowledged ones of a kind."""
        with self.lock:
            return {number for known, number in self.acknowledged if known == kind}


def trace_hex(number: int) -> str:
    return f"{number + 1:032x}"


def spans(number: int) -> dict[str, Any]:
    """An export request with one trace: a root and two steps."""
    begun = time.time_ns() - 10**9
    listed = [
        {
            "traceId": trace_hex(number),
            "spanId": f"{number * SPANS + place + 1:016x}",
            **({"parentSpanId": f"{number * SPANS + 1:016x}"} if place else {}),
            "name": f"step {place}",
            "startTimeUnixNano": str(begun + place),
            "endTimeUnixNano": str(begun + 10**8),
            "status": {"code": 2 if place == 1 else 1},
            "attributes": [{"key": "gen_ai.usage.input_tokens", "value": {"intValue": TOKENS}}] if place else [],
        }
        for place in range(SPANS)
    ]
    return {"resourceSpans": [{"scopeSpans": [{"spans": listed}]}]}


@dataclass(frozen=True, slots=True)
class Client:
    """Sends traces and reviews to one address."""

    address: str
    token: str
    items: list[Item]

    def requests(self) -> Iterator[tuple[str, int, urllib.request.Request]]:
        """Everything there is to send, traces and reviews mixed."""
        for number in range(TRACES):
            yield "trace", number, self._request("POST", "/v1/traces", spans(number))
            if number % (TRACES // REVIEWS) == 0:
                place = number // (TRACES // REVIEWS)
                review = {"answers": {"thumbs": "down"}, "note": f"review {place}"}
                yield "review", place, self._request("PUT", f"/api/v1/items/{self.items[place].uuid}/review", review)

    def _request(self, method: str, path: str, body: Any) -> urllib.request.Request:
        headers = {"content-type": "application/json", "x-api-key": self.token}
        return urllib.request.Request(self.address + path, json.dumps(body).encode(), headers, method=method)


@contextmanager
def servers(folder: Path, port: int) -> Iterator[list["Popen[bytes]"]]:
    """A web server with two processes, and a worker."""
    web = (
        "-m",
        "gunicorn",
        "traceapp.wsgi:application",
        "-b",
        f"127.0.0.1:{port}",
        "-k",
        "gthread",
        "--threads",
        "4",
        "-w",
        "2",
        "--no-control-socket",
    )
    log, worker_log = folder / "web.log", folder / "worker.log"
    with running(*web, log=log) as server, running(*WORKER, log=worker_log) as worker:
        wait_until_alive(f"http://127.0.0.1:{port}", server, log)
        yield [server, worker]


def kill(processes: list["Popen[bytes]"]) -> None:
    """Without a chance to tidy up, children first noted and then all at once."""
    parents = [psutil.Process(process.pid) for process in processes]
    for doomed in [*parents, *(child for parent in parents for child in parent.children(recursive=True))]:
        os.kill(doomed.pid, 9)


def send_all(client: Client, ledger: Ledger, stop: Callable[[], bool]) -> None:
    """Four senders at once; when the time has come, nothing more is begun."""

    def send(kind: str, number: int, request: urllib.request.Request) -> None:
        if not stop():
            ledger.send(kind, number, request)

    with ThreadPoolExecutor(4) as senders:
        for what in client.requests():
            senders.submit(send, *what)


def until(done: Callable[[], bool], *, seconds: float = 40) -> bool:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.05)
    return done()


@pytest.fixture
def queue(people: People) -> Queue:
    """A queue with items to review, which a rule fills as well."""
    made = queues.create(
        workspace=people.workspace, settings=QueueSettings(name="All"), rubric=rubric.default(), by=people.admin
    )
    older = [subjects.of_trace(TraceFactory(project=people.project).uuid) for _ in range(REVIEWS)]
    items.add(queue=made, subjects=older, reason=Reason(), by=people.admin)
    draft = RuleDraft("Errors", "run(status: error)", Decimal(1), (AddToQueue(queue=made.uuid),))
    rules.create(workspace=people.workspace, draft=draft, by=people.admin, now=timezone.now())
    return made


def no_half_things() -> None:
    """Whatever stands in the database stands there whole and once."""
    sent = Trace.objects.exclude(root_run_uuid=None)
    assert set(sent.values_list("run_count", "input_tokens")) == {(SPANS, (SPANS - 1) * TOKENS)}
    runs = Trace.objects.annotate(stored=Count("runs")).exclude(stored=F("run_count"))
    assert not runs.exists()
    reviews = Review.objects.annotate(said=Count("feedback"))
    assert set(reviews.values_list("said", flat=True)) <= {2}  # the thumb and the note
    assert not Item.objects.annotate(given=Count("reviews")).exclude(given=F("review_count")).exists()
    assert Feedback.objects.count() == 2 * Review.objects.count()


@pytest.mark.long
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(
    monkeypatch: pytest.MonkeyPatch,
    transactional_db: None,
    broker: object,
    people: People,
    queue: Queue,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("SETTLE_QUIET_SECONDS", "0.2")
    port, ledger = free_port(), Ledger()
    token = people.token(ApiKey.Scope.INGEST, ApiKey.Scope.WRITE, project=None)
    client = Client(f"http://127.0.0.1:{port}", token, list(queue.items.order_by("number")[:REVIEWS]))
    with servers(tmp_path, port) as processes:
        killed = threading.Event()
        sending = threading.Thread(target=send_all, args=(client, ledger, killed.is_set))
        sending.start()
        assert until(lambda: len(ledger.acknowledged) >= ACKNOWLEDGED_BEFORE_THE_KILL)
        kill(processes)
        killed.set()
        sending.join()
    assert 0 < len(ledger.numbers("trace")) < TRACES
    stored = {str(uuid).replace("-", "") for uuid in Trace.objects.values_list("uuid", flat=True)}
    assert {trace_hex(number) for number in ledger.numbers("trace")} <= stored
    reviewed = set(Review.objects.values_list("note", flat=True))
    assert {f"review {number}" for number in ledger.numbers("review")} <= reviewed
    no_half_things()

    with servers(tmp_path, port):
        send_all(client, ledger, lambda: False)  # a sender without an answer sends again, and so do all others here
        assert (len(ledger.numbers("trace")), len(ledger.numbers("review"))) == (TRACES, REVIEWS)
        assert until(lambda: _all_routed(queue))
    no_half_things()
    assert Run.objects.count() == TRACES * SPANS
    assert Review.objects.count() == REVIEWS
    assert Item.objects.filter(queue=queue).count() == TRACES + REVIEWS


def _all_routed(queue: Queue) -> bool:
    jobs.enqueue(jobs.JobName.SETTLE_TRACES)
    return Item.objects.filter(queue=queue).count() >= TRACES + REVIEWS
