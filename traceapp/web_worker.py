"""Gunicorn's threaded worker, with an end to its patience for requests that hardly arrive, and with manners at the door.

A thread is busy with a connection from its first byte on. Somebody who sends a byte now and then could keep all threads,
and with them all pages, for as long as they like. So headers have to be here soon, and a body at a least speed.

All processes listen at one socket, and whichever wakes first takes a connection, which it then keeps. Of eight senders that come
at once, one process often got all, while the other, with an interpreter and a core of its own, had nothing to do. So a process
that has some connections more than another lets that one take the next.

Who sends one request after another sends the next as soon as it has its answer. Through gunicorn's own loop each of them goes
from the thread to the process's main thread, to the list of what to watch, and back to some thread: three changes of thread,
each with its wait for the interpreter. So a thread that has answered listens for a moment itself.
"""

import math
import mmap
import select
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

import environ
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

env = environ.Env()

HEADER_SECONDS = env.float("WEB_HEADER_SECONDS", default=15.0)
BODY_SECONDS = env.float("WEB_BODY_SECONDS", default=30.0)
LEAST_BYTES_PER_SECOND = 512 * 1024
#: How long a process that has more connections than another waits before it takes the next, in seconds.
_AFTER_YOU = 0.005
_PLACES = 1024
#: How long a thread listens for the next request of its connection, in milliseconds.
_LISTENS = 10
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
        """Work a request off, in a thread, and those that follow it at once."""
        try:
            while True:
                self._due[conn.sock] = time.monotonic() + HEADER_SECONDS
                kept = super().handle(conn)
                if kept is not True or not self._follows(conn):
                    return kept
        finally:
            self._due.pop(conn.sock, None)

    def _follows(self, conn: Any) -> bool:
        """Whether the next request of the connection comes at once; does not look while most threads are busy."""
        is_here = bool(conn.parser.unreader.buf.getvalue())  # it came along with this one, which gunicorn sees to
        if is_here or not self.alive or 4 * len(self._due) > 3 * self.cfg.threads:
            return False
        self._due[conn.sock] = math.inf
        line = select.poll()
        line.register(conn.sock, select.POLLIN)
        return bool(line.poll(_LISTENS))

    def handle_request(self, req: Any, conn: Any) -> Any:
        """The headers are here: give the body its time, and send the answer's head together with its beginning."""
        named = dict(req.headers)
        self._due[conn.sock] = time.monotonic() + BODY_SECONDS + _length(named) / LEAST_BYTES_PER_SECOND
        with nullcontext() if "EXPECT" in named else _corked(conn.sock):
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


def _length(named: Mapping[str, str]) -> int:
    """How many bytes the body has, as far as the headers say; gunicorn has seen to it that they make sense."""
    return _CHUNKED if "TRANSFER-ENCODING" in named else int(named.get("CONTENT-LENGTH", 0))


@contextmanager
def _corked(line: socket.socket) -> Iterator[None]:
    """Have the system wait with what is less than a packet, for 0.2 s at most: gunicorn sends head and body one after the other.

    Only Linux can.
    """
    can = hasattr(socket, "TCP_CORK") and line.family in {socket.AF_INET, socket.AF_INET6}
    if can:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    try:
        yield
    finally:
        with suppress(OSError):
            if can:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)


class NoAccessLog(Logger):  # type: ignore[misc]  # likewise
    """Gunicorn's logger without its line for each request, which the product writes itself.

    With a logging configuration gunicorn would gather all that such a line may hold, and have it thrown away afterwards.
    """

    def access(self, *_request: Any) -> None:
        """Nothing."""
