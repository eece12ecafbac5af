"""One transaction for the requests that arrive while another one is being written.

Whoever comes when nothing is being written for the same destination writes at once and alone. Who comes meanwhile waits,
and one of those then writes for all of them: the statements, the commit and its fsync are paid once. Nobody is told anything
before that commit. If it fails, each of them writes alone, so that a request is answered for its own content only.
"""

from collections import Counter, deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from threading import Condition

from django.db import connection

from annotation.domain.ingest import store
from annotation.domain.ingest.records import RunRecord
from annotation.domain.ingest.store import Destination, Stored

#: Two at a time: one sends its rows while the other waits for the disk.
_AT_A_TIME = 2
#: A transaction of more than this would keep those who wait for its traces too long.
_MOST_RUNS = 2_000


@dataclass(slots=True, eq=False)
class _Request:
    """A request that waits to be written; `result` stays None if it has to write alone."""

    runs: Sequence[RunRecord]
    is_taken: bool = False
    is_done: bool = False
    result: Stored | None = None


class _Groups:
    """The requests of this process that wait, by destination."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: dict[Hashable, deque[_Request]] = {}
        self._writing = Counter[Hashable]()

    def write(self, runs: Sequence[RunRecord], destination: Destination) -> Stored:
        """Return once the runs are committed. Raises DatabaseError for this request's own sake only."""
        key, me = _key(destination), _Request(runs)
        group = self._join(key, me)
        if group:
            self._lead(key, group, destination)
        return me.result or store.write(runs=runs, destination=destination)

    def _join(self, key: Hashable, me: _Request) -> list[_Request]:
        """Wait; the requests that this one has to write for, if it is the one to do so."""
        with self._changed:
            self._waiting.setdefault(key, deque()).append(me)
            self._changed.wait_for(lambda: me.is_done or (not me.is_taken and self._writing[key] < _AT_A_TIME))
            if me.is_done:
                return []
            self._writing[key] += 1
            return self._taken(key, me)

    def _taken(self, key: Hashable, me: _Request) -> list[_Request]:
        waiting = self._waiting[key]
        waiting.remove(me)
        group, size = [me], len(me.runs)
        while waiting and size + len(waiting[0].runs) <= _MOST_RUNS:
            group.append(waiting.popleft())
            size += len(group[-1].runs)
        for one in group:
            one.is_taken = True
        return group

    def _lead(self, key: Hashable, group: Sequence[_Request], destination: Destination) -> None:
        results: Sequence[Stored | None] = [None] * len(group)
        try:
            if len(group) > 1:
                results = _together(group, destination)
            else:
                results = store.write_together(parts=[group[0].runs], destination=destination)
        finally:
            self._finish(key, group, results)

    def _finish(self, key: Hashable, group: Sequence[_Request], results: Sequence[Stored | None]) -> None:
        with self._changed:
            for one, result in zip(group, results, strict=True):
                one.is_done, one.result = True, result
            self._writing[key] -= 1
            if not self._writing[key] and not self._waiting[key]:
                del self._writing[key], self._waiting[key]
            self._changed.notify_all()


def _together(group: Sequence[_Request], destination: Destination) -> Sequence[Stored | None]:
    try:
        return store.write_together(parts=[one.runs for one in group], destination=destination)
    except Exception:  # noqa: BLE001 -- whatever it is: whose fault it was will show when each writes alone
        return [None] * len(group)


def _key(destination: Destination) -> Hashable:
    """Requests may share a transaction if their runs go to the same places with the same rights."""
    return destination.workspace_id, destination.only_project_id, frozenset(destination.project_ids.items())


_groups = _Groups()


def write(*, runs: Sequence[RunRecord], destination: Destination, replace: bool = False) -> Stored:
    """Store runs, perhaps together with those of other requests; on return they are committed.

    In a transaction of the caller's, which nobody else can share, and with `replace` it is the same as `store.write`.
    """
    if replace or connection.in_atomic_block:
        return store.write(runs=runs, destination=destination, replace=replace)
    return _groups.write(runs, destination)
