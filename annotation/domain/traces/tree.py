"""From runs to the tree of a trace, in the order a person reads it; pure.

Any set of runs gives a tree: a run whose parent never came stands at the top, a ring of parents is cut where it began,
and depth is bounded, since senders are not to be trusted with either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

#: Deeper runs are shown at this depth.
DEEPEST = 24


class Placed(Protocol):
    """A run, as far as its place in the tree goes."""

    @property
    def uuid(self) -> Any:
        """What children name as their parent."""

    @property
    def parent_uuid(self) -> Any:
        """The run above; None at the top."""


R = TypeVar("R", bound=Placed)
R_co = TypeVar("R_co", bound=Placed, covariant=True)


@dataclass(frozen=True, slots=True)
class Step(Generic[R_co]):
    """A run at its place: `number` counts from 1 in reading order, `depth` from 0.

    `last` is the number of the last step below it (its own without any): the steps below are number+1 … last.
    """

    run: R_co
    number: int
    depth: int
    last: int
    is_orphan: bool


def steps(runs: Iterable[R]) -> list[Step[R]]:
    """The steps of a trace: each run before its children, siblings as they came in (start order)."""
    ordered = list(runs)
    children, tops, orphans = _families(ordered)
    walked = list(_walk(tops, children))
    reached = {run.uuid for run, _ in walked}
    for run in ordered:  # whatever is left hangs in a ring: its earliest run is taken for the top
        if run.uuid not in reached:
            more = list(_walk([run], children, reached))
            orphans.add(run.uuid)
            reached.update(other.uuid for other, _ in more)
            walked += more
    return _numbered(walked, orphans)


def _families(ordered: Sequence[R]) -> tuple[dict[UUID, list[R]], list[R], set[UUID]]:
    known = {run.uuid for run in ordered}
    children: dict[UUID, list[R]] = {}
    tops: list[R] = []
    orphans: set[UUID] = set()
    for run in ordered:
        if run.parent_uuid in known and run.parent_uuid != run.uuid:
            children.setdefault(run.parent_uuid, []).append(run)
            continue
        tops.append(run)
        if run.parent_uuid is not None:
            orphans.add(run.uuid)
    return children, tops, orphans


def _walk(
    tops: Sequence[R], children: Mapping[UUID, Sequence[R]], reached: Iterable[UUID] = ()
) -> Iterator[tuple[R, int]]:
    """Each run with its depth, without recursion: a trace may be a chain of thousands."""
    seen = set(reached)
    waiting = [(run, 0) for run in reversed(tops)]
    while waiting:
        run, depth = waiting.pop()
        if run.uuid in seen:
            continue
        seen.add(run.uuid)
        yield run, depth
        waiting += [(child, depth + 1) for child in reversed(children.get(run.uuid, ()))]


def _numbered(walked: Sequence[tuple[R, int]], orphans: set[UUID]) -> list[Step[R]]:
    last = _last_below([depth for _, depth in walked])
    return [
        Step(run, index + 1, min(depth, DEEPEST), last[index] + 1, run.uuid in orphans)
        for index, (run, depth) in enumerate(walked)
    ]


def _last_below(depths: Sequence[int]) -> list[int]:
    """For every step the index of the last one below it, from right to left."""
    last = list(range(len(depths)))
    open_steps: list[int] = []
    for index, depth in enumerate(depths):
        while open_steps and depths[open_steps[-1]] >= depth:
            last[open_steps.pop()] = index - 1
        open_steps.append(index)
    for index in open_steps:
        last[index] = len(depths) - 1
    return last
