"""How long people and programs wait for pages and feedback, in quiet and while ingestion is at its limit.

`BENCH_TRACES` says among how many stored traces (100,000).
"""

import os
import time
from collections.abc import Iterator
from http.client import HTTPConnection

from django.conf import settings
from django.test import Client

from annotation.domain.queues import items, rubric, subjects
from annotation.domain.queues import lifecycle as queues
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.settings import QueueSettings
from annotation.models import Trace, User, Workspace
from bench import Figure, feedback, installation, stock
from bench.ingest import load
from bench.ingest.agents import Agents
from bench.installation import Installation

TRACES = int(os.environ.get("BENCH_TRACES", "100000"))
REQUESTS = 30
LARGE = 2_000
LONG_MESSAGE = 5_000_000
#: Pages that are also asked for while writing.
_BESIDE = ("trace list", f"a trace of {LARGE:,} runs", "review page")


def run() -> Iterator[Figure]:
    """Each page twice: alone, and beside writing."""
    installation.empty()
    with installation.running("web") as here:
        load.flood(here, list(Agents().requests(50)), connections=4)
        large, long = _sent(here, Agents(seed=3, spans_per_request=LARGE).one_trace()), _sent(here, _long())
        stock.traces(TRACES)
        pages = _pages(large, long)
        cookie = _cookie()
        yield from _read(here, pages, cookie, is_alone=True)
        yield from feedback.measured(here)
        with load.endlessly(here, list(Agents(seed=100).requests(100)), connections=8):
            few = {name: page for name, page in pages.items() if name in _BESIDE}
            yield from _read(here, few, cookie, is_alone=False)


def _sent(here: Installation, body: bytes) -> Trace:
    """The one trace that the request holds, taken in."""
    load.flood(here, [body], connections=1)
    return Trace.objects.order_by("-id")[:1].get()


def _long() -> bytes:
    """A trace in which the user says LONG_MESSAGE bytes."""
    agents = Agents(seed=4, spans_per_request=4)
    return agents.one_trace(question=agents.words(LONG_MESSAGE // 5)[:LONG_MESSAGE])


def _pages(large: Trace, long: Trace) -> dict[str, tuple[str, str]]:
    """Address and goal by name."""
    base = f"/w/{installation.WORKSPACE}/"
    person, workspace = User.objects.get(), Workspace.objects.get()
    queue = queues.create(workspace=workspace, settings=QueueSettings(name="Bench"), rubric=rubric.default(), by=person)
    few = [*Trace.objects.order_by("id")[:50], large, long]
    items.add(queue=queue, subjects=[subjects.of_trace(trace.uuid) for trace in few], reason=Reason(), by=person)
    items_base = f"{base}queues/{queue.uuid}/items/"
    return {
        "trace list": (f"{base}traces/", "< 50"),
        "trace list, filtered by status and latency": (
            f"{base}traces/?filter=status+is+ok+and+latency+%3E+2s",
            "< 250",
        ),
        "trace list, searched for two words": (f"{base}traces/?filter=refund+case", "< 250"),
        "trace list, searched for a rare word": (f"{base}traces/?filter=%22case+77%22", "< 250"),
        f"a trace of {LARGE:,} runs": (f"{base}traces/{large.uuid}/", ""),
        "review page": (f"{items_base}1/", "< 300"),
        f"review page, a trace of {LARGE:,} runs": (f"{items_base}51/", "< 300"),
        f"review page, a message of {LONG_MESSAGE // 10**6} MB": (f"{items_base}52/", "< 300"),
    }


def _cookie() -> str:
    client = Client()
    client.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _read(here: Installation, pages: dict[str, tuple[str, str]], cookie: str, *, is_alone: bool) -> Iterator[Figure]:
    yield Figure(
        "— in quiet, among" if is_alone else "— while writing at the limit, among", Trace.objects.count(), "traces"
    )
    for name, (path, goal) in pages.items():
        before = here.spent()
        waits = sorted(_waits(here, path, cookie))
        after = here.spent()
        yield Figure(f"{name}, p50", waits[len(waits) // 2] * 1000, "ms")
        yield Figure(f"{name}, p95", waits[int(len(waits) * 0.95)] * 1000, "ms", goal)
        if is_alone:
            cpu = after.web - before.web + after.database - before.database
            yield Figure(f"{name}, CPU of web and PostgreSQL", cpu / REQUESTS * 1000, "ms")


def _waits(here: Installation, path: str, cookie: str) -> list[float]:
    link = HTTPConnection(here.host, here.port)
    waits = []
    for _ in range(REQUESTS):
        began = time.perf_counter()
        status, _body = _asked(link, "GET", path, {"cookie": cookie})
        waits.append(time.perf_counter() - began)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
    link.close()
    return waits


def _asked(
    link: HTTPConnection, method: str, path: str, headers: dict[str, str], body: bytes = b""
) -> tuple[int, bytes]:
    link.request(method, path, body or None, headers)
    answer = link.getresponse()
    return answer.status, answer.read()
