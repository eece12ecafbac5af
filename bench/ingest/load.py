"""Senders: some connections, each with its own thread, that post export requests as fast as they are taken or by the clock."""

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import repeat
from threading import Lock

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
