"""How much ingestion one process takes in at a time, so that a flood is answered instead of filling threads and memory.

Two bounds, one behind the other:

- The **door** counts requests from their headers to their answer, all together and for each sender. Whoever does not get
  in is told at once to come again, so that threads are left for people, whose pages the same process serves.
- A **turn** to work is taken once the body is here, so that a slow line holds no turn. Turns go round: to whoever has
  fewest at the moment, then to whoever had the last one longest ago, by workspace first, then by key, then by project.
  A busy sender waits for itself, not the others for it. While this process makes a page for somebody, there is one turn.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from threading import Condition, Lock

from django.conf import settings

Lane = tuple[Hashable, ...]
"""Who sends, from the outside in, such as (workspace, key, project)."""


class OverloadedError(Exception):
    """There is no room at the moment; nothing of the request was stored."""


class Door:
    """Counts the requests inside."""

    def __init__(self) -> None:
        self._inside = Counter[str]()
        self._lock = Lock()

    @contextmanager
    def enter(self, sender: str) -> Iterator[None]:
        """Be inside. `sender` is what the request presents as its key, whether it is one or not. Raises OverloadedError."""
        with self._lock:
            self._check(sender)
            self._inside[sender] += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside[sender] -= 1
                if not self._inside[sender]:
                    del self._inside[sender]

    def _check(self, sender: str) -> None:
        if self._inside[sender] >= settings.INGEST_MAX_REQUESTS_OF_ONE_KEY:
            raise OverloadedError("this key has too many requests under way at the moment: try again")
        if self._inside.total() >= settings.INGEST_MAX_REQUESTS:
            raise OverloadedError("too many requests are under way at the moment: try again")


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    lane: Lane


class Turns:
    """Lets a bounded number of requests work, in turn."""

    def __init__(self) -> None:
        self._working = Counter[Lane]()
        self._last: dict[Lane, int] = {}
        self._numbers = count(1)
        self._queue: list[_Waiting] = []
        self._people = 0
        self._changed = Condition()

    @contextmanager
    def take(self, lane: Lane) -> Iterator[None]:
        """Work. Raises OverloadedError when no turn came within `INGEST_PATIENCE_SECONDS`."""
        with self._changed:
            self._wait(_Waiting(lane))
            for part in _parts(lane):
                self._working[part] += 1
                self._last[part] = next(self._numbers)
        try:
            yield
        finally:
            with self._changed:
                for part in _parts(lane):
                    self._working[part] -= 1
                self._forget()
                self._changed.notify_all()

    @contextmanager
    def person(self) -> Iterator[None]:
        """Somebody looks at a page: threads of Python take turns computing, so the fewer store, the sooner it is there."""
        with self._changed:
            self._people += 1
        try:
            yield
        finally:
            with self._changed:
                self._people -= 1
                self._changed.notify_all()

    def _wait(self, me: _Waiting) -> None:
        self._queue.append(me)
        try:
            if not self._changed.wait_for(lambda: self._is_turn_of(me), timeout=settings.INGEST_PATIENCE_SECONDS):
                raise OverloadedError("too many requests are being stored at the moment: try again")
        finally:
            self._queue.remove(me)
            self._changed.notify_all()

    def _is_turn_of(self, me: _Waiting) -> bool:
        places = 1 if self._people else int(settings.INGEST_MAX_REQUESTS_IN_WORK)
        return self._working[()] < places and min(self._queue, key=self._rank) is me

    def _rank(self, one: _Waiting) -> list[tuple[int, int]]:
        return [(self._working[part], self._last.get(part, 0)) for part in _parts(one.lane)]

    def _forget(self) -> None:
        """Keep nothing of senders that are gone: when all is quiet, or there are many."""
        if self._working[()] and len(self._last) < 1000:
            return
        busy = {part for one in self._queue for part in _parts(one.lane)}
        self._working = +self._working
        self._last = {part: number for part, number in self._last.items() if part in busy or self._working[part]}


def _parts(lane: Lane) -> list[Lane]:
    """All together, then the lane's levels from the outside in."""
    return [lane[:length] for length in range(len(lane) + 1)]


door = Door()
turns = Turns()
