"""Fifty reviewers drain one queue over HTTP: how long claiming and submitting take, and whether every seat is filled once.

One queue of `BENCH_ITEMS` items (5,000) at two reviews each. One reviewer begins, then eight of them, then one and eight by
the page, and then all `BENCH_REVIEWERS` (50) take what is left. RuntimeError unless the reviews that there are in the end are those that
there should be.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence

from annotation.domain.queues import items, rubric, subjects
from annotation.domain.queues import lifecycle as queues
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.settings import QueueSettings
from annotation.models import Queue, Trace, User, Workspace
from bench import Figure, installation, lean, stock
from bench.ingest import load
from bench.ingest.agents import Agents
from bench.installation import Installation
from bench.queues import bare, outcome
from bench.queues.reviewers import Reviewer, Waits, by_api, by_page

ITEMS = int(os.environ.get("BENCH_ITEMS", "5000"))
REVIEWERS = int(os.environ.get("BENCH_REVIEWERS", "50"))
SEATS = 2
ALONE, TOGETHER, BY_PAGE = 200, 1200, 200
"""How many reviews each part takes, at most a tenth, a third and a tenth of all."""

Play = Callable[[Reviewer, int, Waits], lean.Script]


def run() -> Iterator[Figure]:
    """Claims, submissions and pages; the drain; and the same rows by bare SQL."""
    installation.empty()
    with installation.running("web") as here:
        load.flood(here, list(Agents().requests(50)), connections=4)
        stock.traces(ITEMS)
        queue = _queue()
        people = [Reviewer.hired(here, queue, number) for number in range(REVIEWERS)]
        total, eight = ITEMS * SEATS, people[:8]
        yield Figure("— reviewers, on a queue of", ITEMS, "items")
        yield from _parts(here, "1 reviewer", people[:1], by_api, min(ALONE, total // 10), ("< 30", ""))
        yield from _parts(here, "8 reviewers", eight, by_api, min(TOGETHER, total // 3) // 8, ("< 80", "150"))
        yield from _parts(here, "1 reviewer by the page", people[:1], by_page, min(BY_PAGE, total // 10), ("", ""))
        yield from _parts(here, "8 reviewers by the page", eight, by_page, min(BY_PAGE, total // 10) // 8, ("", ""))
        yield from _parts(here, f"{len(people)} reviewers, until nothing is left", people, by_api, total, ("", ""))
        yield Figure("reviews in the end, each person once on an item", outcome.verified(queue, SEATS), "")
        yield from bare.measured(queue, SEATS, "one connection", people[:1], min(ALONE, total // 10))
        yield from bare.measured(queue, SEATS, "8 connections", people[:8], min(TOGETHER, total // 3) // 8)


def _queue() -> Queue:
    workspace, person = Workspace.objects.get(), User.objects.get()
    settings = QueueSettings(name="Bench", reviewers_per_item=SEATS)
    made = queues.create(workspace=workspace, settings=settings, rubric=rubric.default(), by=person)
    chosen = list(Trace.objects.order_by("id").values_list("uuid", flat=True)[:ITEMS])
    for start in range(0, ITEMS, 1000):
        some = [subjects.of_trace(uuid) for uuid in chosen[start : start + 1000]]
        items.add(queue=made, subjects=some, reason=Reason(), by=person)
    return made


def _parts(
    here: Installation, name: str, people: Sequence[Reviewer], play: Play, rounds: int, goals: tuple[str, str]
) -> Iterator[Figure]:
    waits, before, began = Waits(), here.spent(), time.perf_counter()
    clients = lean.play(here, [play(person, rounds, waits) for person in people])
    seconds, after = time.perf_counter() - began, here.spent()
    count = len(waits.submits)
    yield from _waited(f"{name}: claim", waits.claims, goals[0])
    yield from _waited(f"{name}: submit" + (" and next" if play is by_page else ""), waits.submits)
    yield Figure(f"{name}: reviews", count / seconds, "1/s", goals[1])
    yield Figure(f"{name}: CPU of web for a review", (after.web - before.web) / count * 1000, "ms")
    yield Figure(f"{name}: CPU of PostgreSQL for a review", (after.database - before.database) / count * 1000, "ms")
    yield Figure(f"{name}: CPU of the clients for a review", clients / count * 1000, "ms")


def _waited(name: str, waits: Sequence[float], goal: str = "") -> Iterator[Figure]:
    known = sorted(waits)
    if known:
        yield Figure(f"{name}, p50", known[len(known) // 2] * 1000, "ms")
        yield Figure(f"{name}, p95", known[int(len(known) * 0.95)] * 1000, "ms", goal)
