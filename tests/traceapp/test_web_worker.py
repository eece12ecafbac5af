"""The processes of the web server share out the connections that come at once."""

import http.client
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.fixtures.processes import free_port, running, wait_until_alive

TELLS_WHO = """
import os

def application(environ, start_response):
    told = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Length", str(len(told)))])
    return [told]
"""


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The product's web server with two processes, each of which answers with its id."""
    (tmp_path / "tells_who.py").write_text(TELLS_WHO)
    monkeypatch.setenv("WEB_PROCESSES", "2")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    address, log = f"127.0.0.1:{free_port()}", tmp_path / "log"
    command = ["-m", "gunicorn", "--config", "traceapp/gunicorn_config.py", "-b", address, "tells_who:application"]
    with running(*command, log=log) as process:
        wait_until_alive(f"http://{address}", process, log)
        both_serve(address, without=0)
        yield address


def both_serve(address: str, *, without: int) -> None:
    """Return once two processes take connections, and `without` is none of them."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found = shares(address)
        if len(found) == 2 and without not in found:
            return
    pytest.fail("only one process takes connections")


def shares(address: str) -> Counter[int]:
    """How many of two dozen connections, which stay open together, each process took, by its id."""
    found = Counter[int]()
    with ExitStack() as opened:
        connections = [
            opened.enter_context(closing(http.client.HTTPConnection(address, timeout=20))) for _ in range(24)
        ]
        for connection in connections:
            connection.connect()
        found.update(asked(connection) for connection in connections)
    time.sleep(0.2)  # until both have noticed that these are closed
    return found


def asked(connection: http.client.HTTPConnection) -> int:
    connection.request("GET", "/")
    return int(connection.getresponse().read())


def unevenness(address: str) -> int:
    """By how many connections the two processes differ in five rounds; some thirty if nothing evens them out."""
    return sum(abs(2 * max(shares(address).values()) - 24) for _ in range(5))


def test_each_process_takes_its_share_also_one_that_came_for_another(address: str) -> None:
    assert unevenness(address) <= 12
    ended = min(shares(address))
    os.kill(ended, signal.SIGKILL)
    both_serve(address, without=ended)
    assert unevenness(address) <= 12


def test_more_connections_than_threads_are_all_served_in_turn(address: str) -> None:
    with ExitStack() as opened:
        connections = [
            opened.enter_context(closing(http.client.HTTPConnection(address, timeout=20))) for _ in range(60)
        ]
        answered = [asked(connection) for _ in range(3) for connection in connections]
    assert len(answered) == 180


def test_requests_that_come_together_are_answered_in_turn_each_in_one_piece(address: str) -> None:
    host, _, port = address.partition(":")
    request = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(request)
        head, _, told = line.recv(65536).partition(b"\r\n\r\n")
        line.sendall(request + request.replace(b"here", b"here\r\nConnection: close"))
        answers = b"".join(iter(lambda: line.recv(65536), b""))
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert told.isdigit()
    assert [one.endswith(told) for one in answers.split(b"HTTP/1.1 200 OK")[1:]] == [True, True]


def test_a_large_body_is_asked_for_before_it_comes(address: str) -> None:
    host, _, port = address.partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        answer = line.recv(65536)
        assert answer.startswith(b"HTTP/1.1 100 Continue")
        line.sendall(b"{}")
        while b"200 OK" not in answer:  # which may have come along: the program reads no body
            answer += line.recv(65536)
