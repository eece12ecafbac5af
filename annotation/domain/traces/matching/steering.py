"""Which way a search goes: along the list while what it looks for is common, by an index while it is rare.

PostgreSQL cannot tell how often words stand together, least of all as a phrase or with a last word that goes on, and so
takes either way at the wrong time: by the index for words that nearly every trace has it reads nearly every trace, along the
list for words that hardly one has too. The latest traces say which it is.

So it is with figures, such as a latency of minutes: for the few traces that have it all others were read. The index of figures
knows the least and the most of every few traces, which helps only where most of these are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import reduce
from operator import and_

from django.db import connections
from django.db.models import Count, Q, QuerySet

from annotation.domain import replica
from annotation.domain.traces.filters.tree import And, Condition, Node, Text
from annotation.domain.traces.matching.columns import ORDERED
from annotation.domain.traces.matching.words import is_indexed, search
from annotation.models import Trace

SAMPLE = 2_000
"""So many of the latest traces are looked at."""
COMMON = 0.01
"""Words that this share of them has fill a page within a few thousand rows of the list."""
FEW = 1
"""Figures that no more of them have are so rare that their index is the shorter way, as far as the latest traces tell."""
FURTHEST = 25_000
"""A figure over many traces with common words goes so far down the list."""

FIGURES = ("latency", "tokens", "input_tokens", "output_tokens", "cost")
"""Fields whose columns are in the index of figures."""

_ORDER = ("-started_at", "-id")


@contextmanager
def steered(words: Q | None, figures: Q, condition: Q, among: QuerySet[Trace]) -> Iterator[datetime | None]:
    """Inside, a search among the traces for words or figures, as parts of a condition, goes the shorter way; inside `bounded()`.

    Gives the time from which on figures over many traces should count, None if that does not matter.
    """
    ways, since = _ways(words, condition, among) if words else (_ways_to(figures, among), None)
    for kind_of_scan in ways:
        _set(kind_of_scan, "off")
    yield since
    for kind_of_scan in ways:
        _set(kind_of_scan, "on")


def figures_of(tree: Node) -> list[Condition]:
    """What a filter says of figures that have an index, for all traces that it finds."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    return [
        part for part in parts if isinstance(part, Condition) and part.field in FIGURES and part.operator in ORDERED
    ]


def words_of(tree: Node) -> Q | None:
    """What the text index can say of all traces that a filter finds; None: nothing."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    found = [search(part.words) for part in parts if isinstance(part, Text) and is_indexed(part.words)]
    return reduce(and_, found) if found else None


def _ways_to(figures: Q, among: QuerySet[Trace]) -> tuple[str, ...]:
    """Which kinds of scan to leave out so that their index is used; none where they are common, or the traces few."""
    if not figures:
        return ()
    latest = among.order_by(*_ORDER).annotate(has=figures)[:SAMPLE]
    found = latest.aggregate(all=Count("pk"), few=Count("pk", filter=Q(has=True)))
    return ("enable_indexscan", "enable_seqscan") if found["all"] == SAMPLE and found["few"] <= FEW else ()


def _ways(words: Q, condition: Q, among: QuerySet[Trace]) -> tuple[tuple[str, ...], datetime | None]:
    """Which kinds of scan to leave out, and from when on to count; none where the words are common and the rest is rare."""
    latest = among.order_by(*_ORDER).annotate(has=words, passes=condition).values_list("has", "passes")[:SAMPLE]
    sample = list(latest)
    least = COMMON * len(sample)
    if sum(has for has, _ in sample) < least:
        return ("enable_indexscan",), None
    if sum(bool(passes) for _, passes in sample) < least:
        return (), None
    return ("enable_bitmapscan",), _furthest(among)


def _furthest(among: QuerySet[Trace]) -> datetime | None:
    return among.order_by(*_ORDER).values_list("started_at", flat=True)[FURTHEST : FURTHEST + 1].first()


def _set(kind_of_scan: str, value: str) -> None:
    """For the rest of the transaction."""
    with connections[replica.alias()].cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, TRUE)", [kind_of_scan, value])
