"""Reviewing while ingestion is at its limit: how long a review page takes alone and beside a flood, and who gets in.

A noisy key sends from many connections as fast as it is taken; a quiet one sends now and then; a reviewer opens one item after
the other. All through the web processes of one installation, on one machine that also runs the senders.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection
from itertools import cycle, islice

from django.conf import settings
from django.test import Client
from django.urls import reverse

from annotation.domain.queues import items, rubric, subjects
from annotation.domain.queues import lifecycle as queues
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.settings import QueueSettings
from annotation.models import Queue, Trace, User, Workspace
from bench import Figure
from bench.ingest.agents import Agents
from bench.installation import WORKSPACE, Installation, empty, running, token

SECONDS = 10.0
NOISY_CONNECTIONS = 48
OPENED = 60


def run() -> Iterator[Figure]:
    """Milliseconds of pages, and of the quiet key's acknowledgements, without and with the flood; what the flood was told."""
    empty()
    bodies = list(Agents().requests(200))
    with running("web", "worker") as target:
        Sender(target, target.token, bodies[:8], pause=0).run_for(3)
        queue, cookie = _queue(), _session()
        yield from _waits("review page, alone", _open(target, queue, cookie, OPENED))
        quiet = Sender(target, token(), bodies[100:], pause=0.2)
        noisy = [Sender(target, target.token, bodies[number:100], pause=0) for number in range(NOISY_CONNECTIONS)]
        threads = [threading.Thread(target=one.run_for, args=(SECONDS,)) for one in (quiet, *noisy)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        time.sleep(2)
        pages = []
        while time.perf_counter() - began < SECONDS - 1:
            pages += _open(target, queue, cookie, 1)
        for thread in threads:
            thread.join()
        yield from _waits("review page, beside the flood", pages)
        yield from _waits("acknowledged to the quiet key", quiet.waits)
        yield from _waits("acknowledged to the noisy key", [wait for one in noisy for wait in one.waits])
        told = sum((one.answers for one in noisy), Counter[int]())
        yield Figure("spans acknowledged", 100 * (told[200] + quiet.answers[200]) / SECONDS, "spans/s")
        yield Figure("told to come again, of the noisy key", 100 * told[429] / told.total(), "%", str(dict(told)))
        yield Figure("told to come again, of the quiet key", 100 * quiet.answers[429] / quiet.answers.total(), "%")


def _waits(name: str, seconds: Sequence[float]) -> Iterator[Figure]:
    known = sorted(seconds)
    yield Figure(f"{name}: median", 1000 * known[len(known) // 2], "ms", f"{len(known)} of them")
    yield Figure(f"{name}: 95th percentile", 1000 * known[int(len(known) * 0.95)], "ms")


class Sender:
    """Posts one body after the other on one connection, and waits when it is told to."""

    def __init__(self, target: Installation, key: str, bodies: Sequence[bytes], *, pause: float) -> None:
        """`pause` is how many seconds pass between an answer and the next request."""
        self._link = HTTPConnection(target.host, target.port)
        self._headers = {"content-type": "application/x-protobuf", "x-api-key": key}
        self._bodies, self._pause = cycle(bodies), pause
        self.answers = Counter[int]()
        self.waits: list[float] = []

    def run_for(self, seconds: float) -> None:
        """Send."""
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            time.sleep(self._send(next(self._bodies)) or self._pause)
        self._link.close()

    def _send(self, body: bytes) -> float:
        began = time.perf_counter()
        self._link.request("POST", "/v1/traces", body, self._headers)
        answer = self._link.getresponse()
        answer.read()
        self.answers[answer.status] += 1
        if answer.status == 200:
            self.waits.append(time.perf_counter() - began)
        return float(answer.headers["Retry-After"] or 0)


def _queue() -> Queue:
    workspace, person = Workspace.objects.get(slug=WORKSPACE), User.objects.get()
    made = queues.create(workspace=workspace, settings=QueueSettings(name="Bench"), rubric=rubric.default(), by=person)
    chosen = islice(Trace.objects.filter(workspace=workspace).values_list("uuid", flat=True), 20)
    items.add(queue=made, subjects=[subjects.of_trace(uuid) for uuid in chosen], reason=Reason(), by=person)
    return made


def _session() -> str:
    client = Client()
    client.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _open(target: Installation, queue: Queue, cookie: str, times: int) -> list[float]:
    """Seconds of each review page that was opened."""
    waits = []
    link = HTTPConnection(target.host, target.port)
    for number in islice(cycle(queue.items.values_list("number", flat=True)), times):
        path = reverse("item-review", args=[WORKSPACE, queue.uuid, number])
        began = time.perf_counter()
        link.request("GET", path, headers={"cookie": cookie})
        answer = link.getresponse()
        page = answer.read()
        if answer.status != 200 or b"<html" not in page:
            raise RuntimeError(f"{path} answered {answer.status}")
        waits.append(time.perf_counter() - began)
    link.close()
    return waits
