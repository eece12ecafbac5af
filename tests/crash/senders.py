"""Programs that send known things and, as SDKs do, send again whatever was not acknowledged."""

import gzip
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.fixtures.spans import call, request, span

SPANS = 6
FAILING_EACH = 3
RECORDS = 4
_ANSWER_SECONDS = 15
_PAUSE_SECONDS = 0.2
_AGAIN = {429, 502, 503, 504}
_TAKEN = {200, 201, 202, 204}
EXPECTED = "a refusal that is an answer"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One request, and the things that are acknowledged with it; `expected` are refusals that are an answer, too."""

    things: tuple[str, ...]
    path: str
    body: bytes
    headers: dict[str, str]
    method: str = "POST"
    expected: frozenset[int] = frozenset()


def trace_id(scenario: int, number: int) -> bytes:
    """Of the trace that is sent as this number."""
    return (0xC4A5_0000 + scenario).to_bytes(8) + number.to_bytes(8)


@dataclass(slots=True)
class Ledger:
    """What was acknowledged, and how else requests were answered."""

    acknowledged: set[str] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, answer: str, things: tuple[str, ...] = ()) -> None:
        """Note an answer down, and the things it acknowledged."""
        with self.lock:
            self.answers[answer] += 1
            self.acknowledged.update(things)

    def numbers(self, kind: str) -> set[int]:
        """Of the acknowledged things of a kind."""
        with self.lock:
            return {int(thing.split(":")[1]) for thing in self.acknowledged if thing.startswith(f"{kind}:")}

    def again(self) -> int:
        """How many requests had to be sent again."""
        return sum(times for answer, times in self.answers.items() if answer not in {EXPECTED, *map(str, _TAKEN)})

    def unfit(self) -> dict[str, int]:
        """Answers that no sender is to get, whatever is broken: all but success, "come again" and silence."""
        fit = {"nothing", EXPECTED, *map(str, _TAKEN | _AGAIN)}
        return {answer: times for answer, times in self.answers.items() if answer not in fit}


class Line:
    """A connection that sends each request until it is acknowledged or it is late."""

    def __init__(self, address: str, ledger: Ledger) -> None:
        self._netloc, self._ledger = urlsplit(address).netloc, ledger
        self._connection: http.client.HTTPConnection | None = None
        self.deadline = float("inf")

    def bring(self, parcel: Parcel) -> bytes | None:
        """The body of the success; None for an expected refusal, and when it is late."""
        while time.monotonic() < self.deadline:
            answer = self._sent(parcel)
            if not isinstance(answer, float):
                return answer
            time.sleep(answer)
        return None

    def _sent(self, parcel: Parcel) -> bytes | float | None:
        """The answer, or the seconds to wait before it is sent again."""
        try:
            self._connection = self._connection or http.client.HTTPConnection(self._netloc, timeout=_ANSWER_SECONDS)
            self._connection.request(parcel.method, parcel.path, parcel.body, parcel.headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.hang_up()
            self._ledger.note("nothing")
            return _PAUSE_SECONDS
        if answer.status in parcel.expected:
            self._ledger.note(EXPECTED)
            return None
        is_taken = answer.status in _TAKEN
        self._ledger.note(str(answer.status), parcel.things if is_taken else ())
        return content if is_taken else self._pause(answer)

    def _pause(self, answer: http.client.HTTPResponse) -> float:
        said = answer.headers["Retry-After"]
        if answer.status in _AGAIN and said is None:
            self._ledger.note(f"{answer.status} without Retry-After")
        return min(float(said or _PAUSE_SECONDS), 5.0)

    def hang_up(self) -> None:
        """Close the connection; the next request opens one."""
        if self._connection:
            with suppress(OSError):
                self._connection.close()
        self._connection = None


class Sender(threading.Thread):
    """Takes the next number and sends what belongs to it."""

    def __init__(
        self, address: str, load: "Load", numbers: Iterator[int], ledger: Ledger, over: threading.Event
    ) -> None:
        super().__init__(daemon=True)
        self.line = Line(address, ledger)
        self._load, self._numbers, self._over = load, numbers, over

    def run(self) -> None:
        """Begin nothing new once it is over."""
        while not self._over.is_set():
            for parcel in self._load.parcels(next(self._numbers)):
                self.line.bring(parcel)


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent in one scenario, into a project of its own."""

    scenario: int
    token: str

    @property
    def project(self) -> str:
        """Its name."""
        return f"crash {self.scenario}"

    def parcels(self, number: int) -> list[Parcel]:
        """The requests that bring one trace and what is said about it, in one order or another."""
        if number % 64 == 3:
            return [self._transcripts(number)]
        whole = self._trace(number)
        orders = {
            0: lambda: [self._feedback(number), whole],
            1: lambda: [*self._halves(number), self._feedback(number)],
            2: lambda: [whole, whole],
            4: lambda: self._batches(number),
            5: lambda: self._batches(number)[::-1],
        }
        return orders.get(number % 8, lambda: [whole])()

    def _headers(self, content_type: str) -> dict[str, str]:
        return {"x-api-key": self.token, "content-type": content_type, "x-traceapp-project": self.project}

    def _trace(self, number: int) -> Parcel:
        return self._export(_spans(self.scenario, number), (f"trace:{number}",))

    def _halves(self, number: int) -> list[Parcel]:
        spans = _spans(self.scenario, number)
        return [self._export(spans[1:], ()), self._export(spans[:1], (f"trace:{number}",))]

    def _batches(self, number: int) -> list[Parcel]:
        """The same trace as LangSmith's SDKs send it: what began, and what became of it."""
        begun, ended = _langsmith_runs(self.scenario, number, self.project)
        address, headers = "/api/v1/runs/batch", self._headers("application/json")
        return [
            Parcel((f"trace:{number}",), address, json.dumps({"post": begun}).encode(), headers),
            Parcel((f"trace:{number}",), address, json.dumps({"patch": ended}).encode(), headers),
        ]

    def _export(self, spans: list[Span], things: tuple[str, ...]) -> Parcel:
        packed = gzip.compress(request(spans), 1)
        headers = {**self._headers("application/x-protobuf"), "content-encoding": "gzip"}
        return Parcel(things, "/v1/traces", packed, headers)

    def _feedback(self, number: int) -> Parcel:
        given = {
            "trace_id": trace_id(self.scenario, number).hex(),
            "key": "thumbs",
            "score": 0,
            "source": "user",
            "client_id": f"{self.scenario}:{number}",
        }
        return Parcel(
            (f"feedback:{number}",), "/api/v1/feedback", json.dumps(given).encode(), self._headers("application/json")
        )

    def _transcripts(self, number: int) -> Parcel:
        lines = [
            {
                "id": f"{number}-{place}",
                "messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": f"Bye {place}"}],
            }
            for place in range(RECORDS)
        ]
        body = "\n".join(json.dumps(line) for line in lines).encode()
        path = f"/api/v1/traces/import?id=id&filename={number}&project={quote(self.project)}"
        return Parcel((f"import:{number}",), path, body, self._headers("application/x-ndjson"))


def _spans(scenario: int, number: int) -> list[Span]:
    trace = trace_id(scenario, number)
    failed = 2 if number % FAILING_EACH == 0 else 0
    return [
        span(1, trace=trace, seconds=2.0, name=f"agent {number}", status=failed),
        *(call(child, parent=1, trace=trace, tokens=(10 + number % 7, 5)) for child in range(2, SPANS)),
        span(SPANS, parent=1, trace=trace, name="tool", status=2),
    ]


def _langsmith_runs(scenario: int, number: int, project: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The runs of a trace when they begin, and the changes to them when they end."""
    trace = trace_id(scenario, number)
    ids = [str(UUID(bytes=trace[:8] + bytes([place]) + trace[9:])) for place in range(SPANS)]
    common = {"trace_id": ids[0], "session_name": project}
    begun = [
        {"id": one, "name": f"step {place}", "run_type": "tool" if place else "chain", "inputs": {"place": place}}
        | {"start_time": f"2026-03-02T09:30:0{place}+00:00", **common, **({"parent_run_id": ids[0]} if place else {})}
        for place, one in enumerate(ids)
    ]
    failed = {0: number % FAILING_EACH == 0, SPANS - 1: True}
    ended = [
        {"id": one, "end_time": "2026-03-02T09:30:20+00:00", "outputs": {"place": place}, **common}
        | ({"error": "ValueError('no')"} if failed.get(place) else {})
        | ({"parent_run_id": ids[0]} if place else {})
        for place, one in enumerate(ids)
    ]
    return begun, ended
