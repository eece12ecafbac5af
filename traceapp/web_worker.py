"""Gunicorn's threaded worker, with an end to its patience for requests that hardly arrive.

A thread is busy with a connection from its first byte on. Somebody who sends a byte now and then could keep all threads,
and with them all pages, for as long as they like. So headers have to be here soon, and a body at a least speed.
"""

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
_CHUNKED = 32 * 1024 * 1024  # a body without a length has as long as one of this length


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
    """Stops listening to a connection whose request is not here in time; its thread then sees an early end."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._due: dict[socket.socket, float] = {}

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
        """Called every second by the main thread."""
        super().murder_pending()
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
