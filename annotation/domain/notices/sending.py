"""One POST to one webhook: to the address that was checked, no further, within a few seconds, reading little of the answer."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Timer

from annotation.domain.notices import destinations
from annotation.domain.notices.destinations import Address, BadDestinationError, Destination, SlowNameError

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 15.0
"""From the first connection to the last byte that is read."""

MOST_READ = 2_000
"""Bytes of an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said; `status` is None where it said nothing, and `text` then why."""

    status: int | None
    text: str
    milliseconds: int

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has the message now; a redirect is no yes, and is not followed."""
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send `body`. What goes wrong is in the answer; nothing is raised."""
    began = time.monotonic()
    try:
        destination = destinations.parsed(url)
        with _connected(destination) as connection:
            connection.request("POST", destination.path, body, {**_headers(destination), **headers})
            response = connection.getresponse()
            status, text = response.status, response.read(MOST_READ).decode("utf-8", "replace").replace("\0", "")
            if time.monotonic() - began >= WHOLE_SECONDS:  # cut off, which reads like an end
                raise TimeoutError
    except (BadDestinationError, OSError, http.client.HTTPException, ValueError) as problem:
        status, text = None, _said(problem, time.monotonic() - began)
    return Answer(status, text, round((time.monotonic() - began) * 1000))


def _headers(destination: Destination) -> dict[str, str]:
    return {
        "Host": destination.authority,
        "Content-Type": "application/json",
        "User-Agent": "traceapp-webhooks/1",
        "Accept": "*/*",
        "Connection": "close",
    }


@contextlib.contextmanager
def _connected(destination: Destination) -> Iterator[http.client.HTTPConnection]:
    """A connection that is cut when its time is up, so that a receiver that trickles holds nobody."""
    reached = _reach(destinations.addresses(destination), destination.port)
    if destination.is_tls:
        context = ssl.create_default_context()
        reached = context.wrap_socket(reached, server_hostname=destination.host, do_handshake_on_connect=False)
    cut = Timer(WHOLE_SECONDS, _cut, [reached])
    cut.daemon = True
    cut.start()
    connection = http.client.HTTPConnection(destination.host, destination.port)
    connection.sock = reached
    try:
        if isinstance(reached, ssl.SSLSocket):
            reached.do_handshake()
        yield connection
    finally:
        cut.cancel()
        connection.close()
        reached.close()


def _cut(reached: socket.socket) -> None:
    """Below TLS, whose own farewell would wait."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(reached, socket.SHUT_RDWR)


def _reach(addresses: list[Address], port: int) -> socket.socket:
    """Connected to the first of them that answers."""
    until = time.monotonic() + WHOLE_SECONDS
    problem: OSError = TimeoutError("no address answered in time")
    for address in addresses:
        left = min(CONNECT_SECONDS, until - time.monotonic())
        if left <= 0:
            break
        try:
            reached = socket.create_connection((str(address), port), timeout=left)
        except OSError as one:
            problem = one
        else:
            reached.settimeout(WHOLE_SECONDS)
            return reached
    raise problem


def _said(problem: Exception, seconds: float) -> str:
    """Why there was no answer, in words for the log of deliveries."""
    if isinstance(problem, SlowNameError):
        return str(problem)
    if isinstance(problem, TimeoutError) or seconds >= WHOLE_SECONDS:
        return f"No answer within {seconds:.0f} seconds."
    if isinstance(problem, socket.gaierror):
        return "This host name is not known."
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"The certificate is not trusted: {problem.verify_message}."
    return str(problem)[:500] or type(problem).__name__
