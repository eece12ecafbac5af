"""One transaction for what several requests bring while another one is being written.

Whoever comes when nothing is being written for the same destination writes at once and alone. Who comes meanwhile waits,
and one of those then writes for all of them: the statements, the commit and its fsync are paid once. Nobody is told anything
before that commit. If it fails, each of them writes alone, so that a request is answered for its own content only.
"""

from collections import Counter, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from threading import Condition
from typing import Generic, TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")


@dataclass(slots=True, eq=False)
class _Request(Generic[Piece, Result]):
    """A request that waits to be written; `result` stays None if it has to write alone."""

    piece: Piece
    size: int
    is_taken: bool = False
    is_done: bool = False
    result: Result | None = None


class Groups(Generic[Piece, Result]):
    """The requests of this process that wait, by destination.

    `together` writes pieces in one transaction, all or nothing, and gives the result of each. There are `at_a_time` such
    transactions for a destination, of at most `most` in size: those who wait for its rows must not wait too long.
    """

    def __init__(self, together: Callable[[Sequence[Piece]], Sequence[Result]], *, at_a_time: int, most: int) -> None:
        self._together, self._at_a_time, self._most = together, at_a_time, most
        self._changed = Condition()
        self._waiting: dict[Hashable, deque[_Request[Piece, Result]]] = {}
        self._writing = Counter[Hashable]()

    def write(self, piece: Piece, *, to: Hashable, size: int) -> Result:
        """Return once the piece is committed. Raises DatabaseError for this request's own sake only."""
        me = _Request[Piece, Result](piece, size)
        group = self._join(to, me)
        if group:
            self._lead(to, group)
        return self._together([piece])[0] if me.result is None else me.result

    def _join(self, to: Hashable, me: _Request[Piece, Result]) -> list[_Request[Piece, Result]]:
        """Wait; the requests that this one has to write for, if it is the one to do so."""
        with self._changed:
            self._waiting.setdefault(to, deque()).append(me)
            self._changed.wait_for(lambda: me.is_done or (not me.is_taken and self._writing[to] < self._at_a_time))
            if me.is_done:
                return []
            self._writing[to] += 1
            return self._taken(to, me)

    def _taken(self, to: Hashable, me: _Request[Piece, Result]) -> list[_Request[Piece, Result]]:
        waiting = self._waiting[to]
        waiting.remove(me)
        group, size = [me], me.size
        while waiting and size + waiting[0].size <= self._most:
            group.append(waiting.popleft())
            size += group[-1].size
        for one in group:
            one.is_taken = True
        return group

    def _lead(self, to: Hashable, group: Sequence[_Request[Piece, Result]]) -> None:
        results: Sequence[Result | None] = [None] * len(group)
        try:
            results = self._together([one.piece for one in group])
        except Exception:
            if len(group) == 1:
                raise
            # Whatever it is: whose fault it was will show when each writes alone.
        finally:
            self._finish(to, group, results)

    def _finish(self, to: Hashable, group: Sequence[_Request[Piece, Result]], results: Sequence[Result | None]) -> None:
        with self._changed:
            for one, result in zip(group, results, strict=True):
                one.is_done, one.result = True, result
            self._writing[to] -= 1
            if not self._writing[to] and not self._waiting[to]:
                del self._writing[to], self._waiting[to]
            self._changed.notify_all()
