"""Clients that cost next to nothing, so that a figure is the server's: one thread, plain sockets, requests made before."""

import time
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from selectors import EVENT_READ, DefaultSelector
from socket import IPPROTO_TCP, TCP_NODELAY, create_connection, socket
from typing import TypeAlias

from bench.installation import Installation


@dataclass(frozen=True, slots=True)
class Asked:
    """How long all requests took, each one until its answer (sorted), and the CPU of the clients; in seconds."""

    seconds: float
    waits: Sequence[float]
    cpu: float


def request(target: Installation, method: str, path: str, body: bytes = b"", *, headers: str | None = None) -> bytes:
    """A request as it goes over the line; with the installation's key and JSON, unless other `headers` (lines) are given."""
    if headers is None:
        headers = f"x-api-key: {target.token}\r\nContent-Type: application/json\r\n"
    where = f"{method} {path} HTTP/1.1\r\nHost: {target.host}:{target.port}\r\n"
    return f"{where}{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    head: str
    body: bytes
    seconds: float


Script: TypeAlias = Generator[bytes, Answer, None]
"""What one client does: yields its next request, is given the answer, and ends when it has no more to ask."""


def play(target: Installation, scripts: Iterable[Script]) -> float:
    """Run all scripts at once, each on a connection of its own; the CPU seconds that the clients took."""
    cpu = time.process_time()
    with DefaultSelector() as selector:
        for script in scripts:
            client = _Client(create_connection((target.host, target.port)), script)
            client.line.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
            selector.register(client.line, EVENT_READ, client)
            client.send(next(script))
        while selector.get_map():
            for key, _ in selector.select():
                if not key.data.go_on():
                    selector.unregister(key.data.line)
                    key.data.line.close()
    return time.process_time() - cpu


def ask(target: Installation, requests: Sequence[bytes], *, clients: int) -> Asked:
    """Each client sends its next request when it has its answer. RuntimeError for any answer but 2xx."""
    waiting, waits = iter(requests), list[float]()

    def script() -> Script:
        for request in waiting:
            answer = yield request
            if answer.status // 100 != 2:
                raise RuntimeError(answer.head + answer.body.decode())
            waits.append(answer.seconds)

    began = time.perf_counter()
    cpu = play(target, [script() for _ in range(min(clients, len(requests)))])
    return Asked(time.perf_counter() - began, sorted(waits), cpu)


@dataclass(slots=True)
class _Client:
    line: socket
    script: Script
    began: float = 0.0
    read: bytes = field(default=b"")

    def send(self, request: bytes) -> None:
        self.read, self.began = b"", time.perf_counter()
        self.line.sendall(request)

    def go_on(self) -> bool:
        """Read on, and send the next request when the whole answer is here; False when the script has ended."""
        self.read += self.line.recv(65536)
        head, gap, body = self.read.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or b"0"
        if not gap or len(body) < int(length):
            return True
        waited, words = time.perf_counter() - self.began, head.decode("latin-1")
        try:
            self.send(self.script.send(Answer(int(words[9:12]), words, body, waited)))
        except StopIteration:
            return False
        return True
