"""A flood is answered, shared out fairly, and leaves room for people."""

import http.client
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from annotation.api.ingest.capacity import Door, Lane, OverloadedError, Turns, turns
from annotation.models import Run
from tests.fixtures.people import People
from tests.fixtures.processes import free_port, running, wait_until_alive
from tests.fixtures.spans import request, span
from traceapp.middleware import PeopleFirst

FEW = override_settings(
    INGEST_MAX_REQUESTS=3, INGEST_MAX_REQUESTS_OF_ONE_KEY=2, INGEST_MAX_REQUESTS_IN_WORK=1, INGEST_PATIENCE_SECONDS=5
)


@FEW
def test_the_door_is_shut_to_a_key_with_its_share_and_to_all_when_it_is_full() -> None:
    door = Door()
    with ExitStack() as inside:
        for sender in ("noisy", "noisy"):
            inside.enter_context(door.enter(sender))
        with pytest.raises(OverloadedError, match="this key has too many"), door.enter("noisy"):
            pass
        inside.enter_context(door.enter("quiet"))
        with pytest.raises(OverloadedError, match="too many requests are under way"), door.enter("third"):
            pass
    for sender in ("noisy", "third", "noisy"):
        with door.enter(sender):
            pass


class Crowd:
    """Threads that wait for a turn one after the other; `order` says who got one."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.order: list[Lane] = []
        self.threads: list[threading.Thread] = []

    def join(self, lane: Lane) -> None:
        """Have one more wait, behind all others."""
        waiting = len(self.turns._queue)
        thread = threading.Thread(target=self._work, args=(lane,))
        thread.start()
        self.threads.append(thread)
        while len(self.turns._queue) == waiting:
            time.sleep(0.001)

    def _work(self, lane: Lane) -> None:
        with self.turns.take(lane):
            self.order.append(lane)

    def see_all(self) -> list[Lane]:
        """The order in which all had their turns."""
        for thread in self.threads:
            thread.join(5)
        return self.order


def order_of(*lanes: Lane) -> list[Lane]:
    """In which order lanes get their turns that waited in this order for the only place."""
    turns = Turns()
    crowd = Crowd(turns)
    with turns.take(("first",)):
        for lane in lanes:
            crowd.join(lane)
    return crowd.see_all()


@FEW
def test_a_quiet_workspace_waits_for_one_request_of_a_noisy_one_and_not_for_all() -> None:
    noisy, quiet = ("acme", 1, None), ("other", 2, None)
    assert order_of(*[noisy] * 5, quiet, quiet) == [noisy, quiet, noisy, quiet, noisy, noisy, noisy]


@FEW
def test_many_keys_of_a_workspace_count_as_one_and_share_its_turns() -> None:
    one, two, other = ("acme", 1, None), ("acme", 2, None), ("other", 3, None)
    assert order_of(one, one, one, two, other, other) == [one, other, two, other, one, one]


@FEW
def test_projects_of_one_key_take_turns() -> None:
    noisy, quiet = ("acme", 1, "batch"), ("acme", 1, "live")
    assert order_of(noisy, noisy, noisy, quiet) == [noisy, quiet, noisy, noisy]


@override_settings(INGEST_MAX_REQUESTS_IN_WORK=3, INGEST_PATIENCE_SECONDS=0.05)
def test_while_somebody_looks_at_a_page_one_works() -> None:
    turns = Turns()
    with turns.take(("one",)):
        with turns.person(), pytest.raises(OverloadedError), turns.take(("two",)):
            pass
        with turns.take(("two",)), turns.take(("three",)):
            pass
    with turns.person(), turns.take(("one",)):
        pass


def test_pages_of_a_workspace_are_for_people(rf: RequestFactory) -> None:
    seen = []

    def answer(_request: HttpRequest) -> HttpResponse:
        seen.append(turns._people)
        return HttpResponse()

    for path in ("/w/acme/traces/", "/v1/traces", "/api/v1/traces"):
        PeopleFirst(answer)(rf.get(path))
    assert (seen, turns._people) == ([1, 0, 0], 0)


@override_settings(INGEST_MAX_REQUESTS_IN_WORK=1, INGEST_PATIENCE_SECONDS=0.01)
def test_who_waits_too_long_is_told_and_leaves_no_trace() -> None:
    turns = Turns()
    with turns.take(("acme",)), pytest.raises(OverloadedError, match="being stored"), turns.take(("other",)):
        pass
    assert (turns._queue, dict(turns._working), turns._last) == ([], {}, {})
    with turns.take(("other",)):
        pass


@given(lanes=st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 3)), min_size=1, max_size=12))
def test_nobody_is_forgotten_and_never_more_work_than_there_are_places(lanes: list[Lane]) -> None:
    turns, at_work, most = Turns(), [0], [0]
    lock = threading.Lock()

    def work(lane: Lane) -> None:
        with turns.take(lane):
            with lock:
                at_work[0] += 1
                most[0] = max(most[0], at_work[0])
            with lock:
                at_work[0] -= 1

    threads = [threading.Thread(target=work, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert (at_work[0], turns._queue, dict(turns._working)) == (0, [], {})
    assert most[0] <= settings.INGEST_MAX_REQUESTS_IN_WORK


@contextmanager
def web(folder: Path, **environment: object) -> Iterator[str]:
    """The product's own web server, as one process."""
    port, log = free_port(), folder / "web.log"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"WEB_PROCESSES": 1, "WEB_THREADS": 4, **environment}.items():
            patch.setenv(name, str(value))
        command = ["-m", "gunicorn", "--config", "traceapp/gunicorn_config.py", "-b", f"127.0.0.1:{port}"]
        with running(*command, log=log) as process:
            wait_until_alive(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}"


def begin(address: str, token: str, length: int, path: str = "/v1/traces") -> socket.socket:
    """A connection that has sent its headers and the first byte of a body of that length."""
    connection = socket.create_connection(("127.0.0.1", urlsplit(address).port or 0), timeout=20)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nx-api-key: {token}\r\nContent-Length: {length}\r\n"
    kind = "x-protobuf" if path == "/v1/traces" else "json"
    connection.sendall(head.encode() + f"Content-Type: application/{kind}\r\n\r\n\n".encode())
    return connection


def post(address: str, token: str, body: bytes) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    connection.request("POST", "/v1/traces", body, {"x-api-key": token, "content-type": "application/x-protobuf"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers["Retry-After"]


def heard(connection: socket.socket) -> tuple[int, str | None]:
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, answer.headers["Retry-After"]


def page(address: str) -> int:
    with urllib.request.urlopen(f"{address}/sign-in/", timeout=20) as answer:
        return int(answer.status)


def eventually(found: Callable[[], object], wanted: object) -> None:
    until = time.monotonic() + 10
    while found() != wanted and time.monotonic() < until:
        time.sleep(0.02)
    assert found() == wanted


def test_slow_senders_take_no_turn_leave_room_and_are_cut_off(
    transactional_db: None, people: People, tmp_path: Path
) -> None:
    slow, quick = people.token("ingest"), people.token("ingest")
    small, large = request([span(1)]), b"\0" * 3_000_000
    bounds = {"WEB_THREADS": 7, "INGEST_MAX_REQUESTS_OF_ONE_KEY": 2, "INGEST_MAX_REQUESTS_IN_WORK": 1}
    with web(tmp_path, WEB_BODY_SECONDS=7, **bounds) as address, ExitStack() as held:
        assert post(address, quick, small) == (200, None)  # all that is needed is loaded
        connections = [held.enter_context(begin(address, slow, 1000)) for _ in range(2)]
        paths = ("/api/v1/runs/batch", "/api/v1/feedback", "/api/public/scores")
        others = [held.enter_context(begin(address, people.token("ingest", "write"), 1000, path)) for path in paths]
        eventually(lambda: post(address, slow, small), (429, "1"))  # its two are inside
        assert post(address, slow, large) == (429, "1")  # read to its end, so that the answer is heard
        assert post(address, quick, small) == (200, None)
        assert page(address) == 200
        # What OpenTelemetry's and Langfuse's exporters try again, and what LangSmith's SDKs do.
        assert [heard(connection) for connection in connections] == [(503, "1"), (503, "1")]
        assert [heard(connection) for connection in others] == [(408, "1"), (408, "1"), (503, "1")]
        eventually(lambda: post(address, slow, small), (200, None))
    assert Run.objects.count() == 1


def test_who_may_not_send_hears_so_however_large_the_body(live: str, people: People) -> None:
    assert post(live, "ta_unknown", b"x" * 20_000_000) == (401, None)
