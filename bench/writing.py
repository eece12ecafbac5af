"""How many spans a second the whole machine acknowledges, beside the least that storing them costs.

Floor and installation take turns, on the same requests, in the same database, several times; a ratio compares two turns that
stood beside each other, so that whatever else the machine is doing weighs on both.
"""

import os
import time
from collections.abc import Callable, Iterator
from statistics import median

from annotation.domain.ingest import mapping, otlp
from annotation.models import Run, Trace
from bench import Figure, installation
from bench.ingest import floor, load
from bench.ingest.agents import Agents
from bench.installation import Installation

REQUESTS = int(os.environ.get("BENCH_REQUESTS", "150"))
TURNS = int(os.environ.get("BENCH_TURNS", "3"))
CONNECTIONS = 8


def run() -> Iterator[Figure]:
    """The floor, ours, the ratio; CPU and memory; waits below the limit; where the time goes."""
    made = Agents()
    list(made.requests(20))
    installation.empty()
    with installation.running("web") as here:
        load.flood(here, list(Agents(seed=1).requests(20)), connections=CONNECTIONS)
        turns = [_turn(here, list(made.requests(REQUESTS))) for _ in range(TURNS)]
        for name in turns[0]:
            yield Figure(name, median(turn[name] for turn in turns), UNITS.get(name, ""))
        yield from _steady(here, made, median(turn["spans acknowledged"] for turn in turns) / 100 * 0.8)
    yield from _parts(list(made.requests(20)))


UNITS = {"spans acknowledged": "spans/s", "floor": "spans/s", "web CPU": "ms/span", "database CPU": "ms/span"}


def _turn(here: Installation, bodies: list[bytes]) -> dict[str, float]:
    spans = len(bodies) * 100
    before = here.spent()
    sent = load.flood(here, bodies, connections=CONNECTIONS)
    after = here.spent()
    least = floor.write(bodies, floor.prepare(bodies))
    return {
        "spans acknowledged": spans / sent.seconds,
        "floor": spans / least,
        "of the floor": least / sent.seconds,
        "web CPU": (after.web - before.web) / spans * 1000,
        "database CPU": (after.database - before.database) / spans * 1000,
        "memory": here.memory() / 1e6,
        "median wait": median(sent.waits) * 1000,
    }


def _steady(here: Installation, made: Agents, per_second: float) -> Iterator[Figure]:
    bodies = list(made.requests(int(per_second * 8)))
    sent = load.steadily(here, bodies, per_second=per_second, connections=16)
    yield Figure("ack p50 at 80 %", sent.waits[len(sent.waits) // 2] * 1000, "ms")
    yield Figure("ack p99 at 80 %", sent.waits[int(len(sent.waits) * 0.99)] * 1000, "ms")


def _parts(bodies: list[bytes]) -> Iterator[Figure]:
    """What the pure parts alone would allow."""
    decoded = [otlp.decode(body, encoding=otlp.Encoding.PROTOBUF).spans for body in bodies]
    spans = sum(map(len, decoded))
    decoding = _seconds(lambda: [otlp.decode(body, encoding=otlp.Encoding.PROTOBUF) for body in bodies])
    mapped = _seconds(lambda: [mapping.to_runs(found, received_ns=1) for found in decoded])
    yield Figure("decoding alone", spans / decoding, "spans/s")
    yield Figure("mapping alone", spans / mapped, "spans/s")
    yield Figure("runs", Run.objects.count(), "")
    yield Figure("traces", Trace.objects.count(), "")


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
