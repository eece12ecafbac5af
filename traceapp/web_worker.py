"""Gunicorn's threaded worker, with an end to its patience for requests that hardly arrive, and with manners at the door.

A thread is busy with a connection from its first byte on. Somebody who sends a byte now and then could keep all threads,
and with them all pages, for as long as they like. So headers have to be here soon, and a body at a least speed.

All processes listen at one socket, and whichever wakes first takes a connection, which it then keeps. Of eight senders that come
at once, one process often got all, while the other, with an interpreter and a core of its own, had nothing to do. So a process
that has some connections more than another lets that one take the next.
"""

import mmap
import socket
import time
from contextlib import suppress
from typing import Any

import environ
from gunicorn.workers.gthread import ThreadWorker

env = environ.Env()

HEADER_SECONDS = env.float("WEB_HEADER_SECONDS", default=15.0)
BODY_SECONDS = env.float("WEB_BODY_SECONDS", default=30.0)
LEAST_BYTES_PER_SECOND = 512 * 1024
#: How long a process that has more connections than another waits before it takes the next, in seconds.
_AFTER_YOU = 0.005
_PLACES = 1024
#: Shared by the arbiter with the processes that it forks; by place of a process: nothing yet or any more (0), or one more than
#: the connections it has.
_connections = memoryview(mmap.mmap(-1, 4 * _PLACES)).cast("i")
_CHUNKED = 32 * 1024 * 1024  # a body without a length has as long as one of this length


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
    """Stops listening to a connection whose request is not here in time; its thread then sees an early end."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._due: dict[socket.socket, float] = {}
        self._place = self.age % _PLACES

    def accept(self, listener: Any) -> None:
        """Take a connection, unless another process with fewer of them takes it meanwhile."""
        mine = self._count()
        if any(0 < other < mine - 1 for other in _connections):
            time.sleep(_AFTER_YOU)
        super().accept(listener)
        self._count()

    def _count(self) -> int:
        """Say how many connections this process has; what it said."""
        told = int(self.nr_conns) + 1
        _connections[self._place] = told
        return told

    def gone(self) -> None:
        """Called by the arbiter when the process has ended."""
        _connections[self._place] = 0

    def handle(self, conn: Any) -> Any:
        """Work a request off, in a thread."""
        self._due[conn.sock] = time.monotonic() + HEADER_SECONDS
        try:
            return super().handle(conn)
        finally:
            self._due.pop(conn.sock, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """The headers are here: give the body its time."""
        self._due[conn.sock] = time.monotonic() + BODY_SECONDS + _length(req.headers) / LEAST_BYTES_PER_SECOND
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Called by the main thread after whatever happened, and every second."""
        super().murder_pending()
        self._count()
        now = time.monotonic()
        for connection, due in list(self._due.items()):
            if due < now:
                self._due.pop(connection, None)
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)


def _length(headers: list[tuple[str, str]]) -> int:
    """How many bytes the body has, as far as the headers say; gunicorn has seen to it that they make sense."""
    named = dict(headers)
    return _CHUNKED if "TRANSFER-ENCODING" in named else int(named.get("CONTENT-LENGTH", 0))
