"""What a span costs among ten thousand, a hundred thousand and a million stored runs. Takes some minutes and gigabytes."""

import os
from collections.abc import Iterator
from statistics import median

from bench import Figure, installation, stock, writing
from bench.ingest import load
from bench.ingest.agents import Agents

STOCKS = [int(number) for number in os.environ.get("BENCH_RUNS", "10000,100000,1000000").split(",")]


def run() -> Iterator[Figure]:
    """CPU a span and the ratio to the floor, whose tables are empty each time."""
    made = Agents()
    installation.empty()
    with installation.running("web") as here:
        load.flood(here, list(made.requests(50)), connections=writing.CONNECTIONS)
        for count in STOCKS:
            stock.runs(count)
            turns = [writing.turn(here, list(made.requests(100))) for _ in range(3)]
            among = f"among {count:,} runs"
            ratio = median(one.ratio for one in turns)
            yield Figure(f"spans acknowledged {among}", median(one.ours for one in turns), "spans/s", ratio=ratio)
            yield Figure(f"CPU of the web processes {among}", median(one.web for one in turns), "ms/span")
            yield Figure(f"CPU of PostgreSQL {among}", median(one.database for one in turns), "ms/span", "constant")
