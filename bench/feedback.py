"""How fast feedback is taken: one client and eight of them, by our own interface and by LangSmith's; and what an address costs."""

import json
from collections.abc import Iterator
from itertools import cycle, islice
from uuid import uuid4

from annotation.models import Run, Trace
from bench import Figure, installation, lean, stock
from bench.ingest import load
from bench.ingest.agents import Agents
from bench.installation import Installation

SINGLE, MANY, CLIENTS = 300, 4_000, 8


def run() -> Iterator[Figure]:
    """On traces that came through the front door."""
    installation.empty()
    with installation.running("web") as here:
        load.flood(here, list(Agents().requests(50)), connections=4)
        stock.traces(MANY)
        yield from measured(here)
        me = [lean.request(here, "GET", "/api/v1/me")] * 2_000
        yield from _figures(here, "GET /api/v1/me", me, clients=CLIENTS)
        yield from _figures(here, "GET /healthz", [lean.request(here, "GET", "/healthz")] * 2_000, clients=CLIENTS)
        runs = Run.objects.values_list("uuid", "trace__uuid")[:1000]
        bodies = [
            {"id": str(uuid4()), "run_id": str(run), "trace_id": str(trace), "key": "correctness", "score": 0.5,
             "feedback_source": {"type": "api"}}
            for run, trace in islice(cycle(runs), 2_000)
        ]  # fmt: skip
        langsmith = [lean.request(here, "POST", "/api/v1/feedback", json.dumps(body).encode()) for body in bodies]
        yield from _figures(here, "feedback by LangSmith's SDK", langsmith, clients=CLIENTS)


def measured(here: Installation) -> Iterator[Figure]:
    """Thumbs, each on another trace if there are enough, by our own interface."""
    uuids = [str(uuid) for uuid in Trace.objects.values_list("uuid", flat=True)[:MANY]]
    bodies = (json.dumps({"trace_id": uuid, "key": "thumbs", "score": 1}).encode() for uuid in cycle(uuids))
    requests = [lean.request(here, "POST", "/api/v1/feedback", body) for body in islice(bodies, MANY)]
    lean.ask(here, requests[:100], clients=CLIENTS)  # connections and plans are made
    alone = lean.ask(here, requests[:SINGLE], clients=1)
    yield Figure("feedback, one client: p50", alone.waits[SINGLE // 2] * 1000, "ms", "< 5")
    yield from _figures(here, "feedback", requests, clients=CLIENTS, goal="800")


def _figures(here: Installation, name: str, requests: list[bytes], *, clients: int, goal: str = "") -> Iterator[Figure]:
    before = here.spent()
    asked = lean.ask(here, requests, clients=clients)
    after = here.spent()
    count = len(requests)
    yield Figure(f"{name}, {clients} clients", count / asked.seconds, "1/s", goal)
    yield Figure(f"{name}, {clients} clients: p95", asked.waits[int(count * 0.95)] * 1000, "ms")
    yield Figure(f"{name}: CPU of web", (after.web - before.web) / count * 1000, "ms")
    yield Figure(f"{name}: CPU of PostgreSQL", (after.database - before.database) / count * 1000, "ms")
    yield Figure(f"{name}: CPU of the clients", asked.cpu / count * 1000, "ms")
