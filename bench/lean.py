"""Clients that cost next to nothing, so that a figure is the server's: one thread, plain sockets, requests made before."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from selectors import EVENT_READ, DefaultSelector
from socket import IPPROTO_TCP, TCP_NODELAY, create_connection, socket

from bench.installation import Installation


@dataclass(frozen=True, slots=True)
class Asked:
    """How long all requests took, each one until its answer (sorted), and the CPU of the clients; in seconds."""

    seconds: float
    waits: Sequence[float]
    cpu: float


def request(target: Installation, method: str, path: str, body: bytes = b"") -> bytes:
    """A request with the installation's key, as it goes over the line."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {target.host}:{target.port}\r\nx-api-key: {target.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def ask(target: Installation, requests: Sequence[bytes], *, clients: int) -> Asked:
    """Each client sends its next request when it has its answer. RuntimeError for any answer but 2xx."""
    waiting, waits = iter(requests), list[float]()
    began, cpu = time.perf_counter(), time.process_time()
    with DefaultSelector() as selector:
        for _ in range(clients):
            client = _Client(create_connection((target.host, target.port)))
            client.line.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
            selector.register(client.line, EVENT_READ, client)
            client.send(waiting)
        while selector.get_map():
            for key, _ in selector.select():
                client = key.data
                if client.is_answered():
                    waits.append(time.perf_counter() - client.began)
                    if not client.send(waiting):
                        selector.unregister(client.line)
                        client.line.close()
    return Asked(time.perf_counter() - began, sorted(waits), time.process_time() - cpu)


@dataclass(slots=True)
class _Client:
    line: socket
    began: float = 0.0
    answer: bytes = field(default=b"")

    def send(self, requests: Iterator[bytes]) -> bool:
        """Send the next request; False if there is none."""
        following = next(requests, None)
        if following is None:
            return False
        self.answer, self.began = b"", time.perf_counter()
        self.line.sendall(following)
        return True

    def is_answered(self) -> bool:
        """Read on; whether the whole answer is here now."""
        self.answer += self.line.recv(65536)
        if not self.answer.startswith(b"HTTP/1.1 2"):
            raise RuntimeError(self.answer.decode())
        head, gap, body = self.answer.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return bool(gap) and len(body) >= int(length)
