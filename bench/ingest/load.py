"""Senders: some connections, each with its own thread, that post export requests as fast as they are taken or by the clock."""

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import chain, count, repeat, takewhile
from threading import Lock

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bench.installation import Installation


@dataclass(frozen=True, slots=True)
class Sent:
    """How long all requests took together, and each one until its acknowledgement; in seconds."""

    seconds: float
    waits: Sequence[float]


def flood(target: Installation, bodies: Sequence[bytes], *, connections: int) -> Sent:
    """Every connection sends its next request as soon as the last one is acknowledged."""
    return _send(target, ((None, body) for body in bodies), connections)


def steadily(target: Installation, bodies: Sequence[bytes], *, per_second: float, connections: int) -> Sent:
    """One request after the other by the clock; a wait is counted from the moment when the request was due."""
    begin = time.perf_counter() + 0.05
    return _send(target, ((begin + number / per_second, body) for number, body in enumerate(bodies)), connections)


@contextmanager
def endlessly(target: Installation, bodies: Sequence[bytes], *, connections: int) -> Iterator[None]:
    """Flood with these requests until the block ends, each time with other traces.

    From a process of its own: threads beside the one that measures would make it wait for its interpreter, not the server.
    """
    forking = multiprocessing.get_context("fork")
    stop = forking.Event()
    sender = forking.Process(target=_until, args=(stop.is_set, target, bodies, connections))
    sender.start()
    try:
        yield
    finally:
        stop.set()
        sender.join()
    if sender.exitcode:
        raise RuntimeError("the senders failed")


def _until(is_over: Callable[[], bool], target: Installation, bodies: Sequence[bytes], connections: int) -> None:
    ids = [_trace_ids(body) for body in bodies]
    rounds = ([_renewed(body, known, number) for body, known in zip(bodies, ids, strict=True)] for number in count(1))
    endless = takewhile(lambda _body: not is_over(), chain.from_iterable(rounds))
    _send(target, ((None, body) for body in endless), connections)


def _trace_ids(body: bytes) -> set[bytes]:
    scopes = ExportTraceServiceRequest.FromString(body).resource_spans[0].scope_spans
    return {span.trace_id for scope in scopes for span in scope.spans}


def _renewed(body: bytes, ids: Iterable[bytes], number: int) -> bytes:
    """The request with its traces under other ids; making one anew would take as much of the machine as mapping it."""
    for known in ids:
        body = body.replace(known, (int.from_bytes(known) ^ number << 64).to_bytes(16))
    return body


def _send(target: Installation, requests: Iterator[tuple[float | None, bytes]], connections: int) -> Sent:
    lock = Lock()
    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as senders:
        waits = senders.map(_sender, repeat(target, connections), repeat(_each_once(requests, lock)))
    return Sent(time.perf_counter() - began, sorted(wait for one in waits for wait in one))


class _each_once:  # noqa: N801 -- an iterator that threads share
    def __init__(self, requests: Iterable[tuple[float | None, bytes]], lock: Lock) -> None:
        self._requests, self._lock = iter(requests), lock

    def __iter__(self) -> "_each_once":
        return self

    def __next__(self) -> tuple[float | None, bytes]:
        with self._lock:
            return next(self._requests)


def _sender(target: Installation, requests: Iterable[tuple[float | None, bytes]]) -> list[float]:
    link = HTTPConnection(target.host, target.port)
    headers = {"content-type": "application/x-protobuf", "x-api-key": target.token}
    waits = []
    for due, body in requests:
        if due is not None:
            time.sleep(max(due - time.perf_counter(), 0))
        began = due or time.perf_counter()
        while not _is_taken(link, body, headers):
            time.sleep(1)
        waits.append(time.perf_counter() - began)
    link.close()
    return waits


def _is_taken(link: HTTPConnection, body: bytes, headers: dict[str, str]) -> bool:
    """Send once; False if the server asks to come again."""
    link.request("POST", "/v1/traces", body, headers)
    answer = link.getresponse()
    said = answer.read()
    if answer.status not in (200, 429) or (answer.status == 200 and said):
        raise RuntimeError(f"{answer.status}: {said!r}")
    return answer.status == 200
