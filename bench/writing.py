"""How many spans a second the whole machine acknowledges, beside the least that storing them costs.

Floor and installation take turns, on the same requests, in the same database, several times; a ratio compares two turns that
stood beside each other, so that whatever else the machine is doing weighs on both.
"""

import gc
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from annotation.domain.ingest import mapping, otlp
from bench import Figure, installation
from bench.ingest import floor, load
from bench.ingest.agents import Agents
from bench.installation import Installation

REQUESTS = int(os.environ.get("BENCH_REQUESTS", "150"))
TURNS = int(os.environ.get("BENCH_TURNS", "5"))
SPANS = 100
CONNECTIONS = 8
_OF_THE_LIMIT = 0.8
_STEADY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of each: spans a second, CPU in milliseconds a span, resident bytes."""

    ours: float
    floor: float
    again: float
    web: float
    database: float
    memory: float

    @property
    def ratio(self) -> float:
        """Ours to the floor."""
        return self.ours / self.floor


def run() -> Iterator[Figure]:
    """The floor, ours, the ratio; CPU and memory; waits below the limit; what the pure parts alone would allow."""
    made = Agents(spans_per_request=SPANS)
    installation.empty()
    with installation.running("web") as here:
        load.flood(here, list(Agents(seed=1).requests(30)), connections=CONNECTIONS)
        turns = [turn(here, list(made.requests(REQUESTS))) for _ in range(TURNS)]
        yield from _of(turns)
        yield from _steady(here, made, turns)
    yield from _parts(list(made.requests(20)))


def turn(here: Installation, bodies: list[bytes]) -> Turn:
    """Ours, the floor, and ours once more with what is there already."""
    spans = len(bodies) * SPANS
    before = here.spent()
    sent = load.flood(here, bodies, connections=CONNECTIONS)
    after = here.spent()
    least = floor.write(bodies, floor.prepare(bodies))
    again = load.flood(here, bodies, connections=CONNECTIONS)
    return Turn(
        ours=spans / sent.seconds,
        floor=spans / least,
        again=spans / again.seconds,
        web=(after.web - before.web) / spans * 1000,
        database=(after.database - before.database) / spans * 1000,
        memory=here.memory(),
    )


def _of(turns: list[Turn]) -> Iterator[Figure]:
    ratio = median(one.ratio for one in turns)
    yield Figure("floor: decode and binary COPY, one process", median(one.floor for one in turns), "spans/s", ratio=1)
    yield Figure("spans acknowledged", median(one.ours for one in turns), "spans/s", "ratio 0.5", ratio)
    yield Figure(
        f"the worst of {len(turns)} turns",
        min(one.ours for one in turns),
        "spans/s",
        "",
        min(one.ratio for one in turns),
    )
    yield Figure("spans acknowledged when sent again", median(one.again for one in turns), "spans/s")
    yield Figure("CPU of the web processes", median(one.web for one in turns), "ms/span", "< 0.25")
    yield Figure("CPU of PostgreSQL", median(one.database for one in turns), "ms/span")
    yield Figure("memory of the web processes", turns[-1].memory / 1e6, "MB")
    half = len(turns) // 2  # before it, what a process keeps anyway comes to its size
    grown = (turns[-1].memory - turns[half].memory) / 1e6
    yield Figure(f"… grown over the last {(len(turns) - 1 - half) * REQUESTS * SPANS * 2:,} spans", grown, "MB", "flat")


def _steady(here: Installation, made: Agents, turns: list[Turn]) -> Iterator[Figure]:
    per_second = median(one.ours for one in turns) / SPANS * _OF_THE_LIMIT
    bodies = list(made.requests(int(per_second * _STEADY_SECONDS)))
    waits = load.steadily(here, bodies, per_second=per_second, connections=CONNECTIONS).waits
    yield Figure("acknowledged after, at 80 % of the limit, p50", waits[len(waits) // 2] * 1000, "ms")
    yield Figure("acknowledged after, at 80 % of the limit, p99", waits[int(len(waits) * 0.99)] * 1000, "ms", "< 250")


def _parts(bodies: list[bytes]) -> Iterator[Figure]:
    decoded = [otlp.decode(body, encoding=otlp.Encoding.PROTOBUF).spans for body in bodies]
    spans = sum(map(len, decoded))
    gc.disable()  # nearly so in the web processes
    decoding = _seconds(lambda: [otlp.decode(body, encoding=otlp.Encoding.PROTOBUF) for body in bodies])
    mapped = _seconds(lambda: [mapping.to_runs(found, received_ns=1) for found in decoded])
    gc.enable()
    yield Figure("decoding alone, CPU", decoding / spans * 1000, "ms/span")
    yield Figure("mapping alone, CPU", mapped / spans * 1000, "ms/span")


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
