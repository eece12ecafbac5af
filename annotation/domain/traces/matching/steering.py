"""Which way a search for words goes: along the list while they are common, by the text index while they are rare.

PostgreSQL cannot tell how often words stand together, least of all as a phrase or with a last word that goes on, and so
takes either way at the wrong time: by the index for words that nearly every trace has it reads nearly every trace, along the
list for words that hardly one has too. The latest traces say which it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import reduce
from operator import and_

from django.db import connections
from django.db.models import Q, QuerySet

from annotation.domain import replica
from annotation.domain.traces.filters.tree import And, Node, Text
from annotation.domain.traces.matching.words import is_indexed, search
from annotation.models import Trace

SAMPLE = 2_000
"""So many of the latest traces are looked at."""
COMMON = 0.01
"""Words that this share of them has fill a page within a few thousand rows of the list."""
FURTHEST = 25_000
"""A figure over many traces with common words goes so far down the list."""

_ORDER = ("-started_at", "-id")


@contextmanager
def steered(words: Q | None, condition: Q, among: QuerySet[Trace]) -> Iterator[datetime | None]:
    """Inside, a search among the traces for words, as part of a condition, goes the shorter way; inside `bounded()`.

    Gives the time from which on figures over many traces should count, None if that does not matter.
    """
    way, since = _way(words, condition, among) if words else ("", None)
    if not way:
        yield None
        return
    _set(way, "off")
    yield since
    _set(way, "on")


def words_of(tree: Node) -> Q | None:
    """What the text index can say of all traces that a filter finds; None: nothing."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    found = [search(part.words) for part in parts if isinstance(part, Text) and is_indexed(part.words)]
    return reduce(and_, found) if found else None


def _way(words: Q, condition: Q, among: QuerySet[Trace]) -> tuple[str, datetime | None]:
    """Which kind of scan to leave out, and from when on to count; none where the words are common and the rest is rare."""
    latest = among.order_by(*_ORDER).annotate(has=words, passes=condition).values_list("has", "passes")[:SAMPLE]
    sample = list(latest)
    least = COMMON * len(sample)
    if sum(has for has, _ in sample) < least:
        return "enable_indexscan", None
    if sum(bool(passes) for _, passes in sample) < least:
        return "", None
    return "enable_bitmapscan", _furthest(among)


def _furthest(among: QuerySet[Trace]) -> datetime | None:
    return among.order_by(*_ORDER).values_list("started_at", flat=True)[FURTHEST : FURTHEST + 1].first()


def _set(kind_of_scan: str, value: str) -> None:
    """For the rest of the transaction."""
    with connections[replica.alias()].cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, TRUE)", [kind_of_scan, value])
