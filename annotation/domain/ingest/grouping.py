"""Storing runs in one transaction with those of other requests for the same destination; see `domain.grouping`."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from django.db import connection

from annotation.domain.grouping import Groups
from annotation.domain.ingest import store
from annotation.domain.ingest.records import RunRecord
from annotation.domain.ingest.store import Destination, Stored

#: Two at a time: one sends its rows while the other waits for the disk.
_AT_A_TIME = 2
#: A transaction of more than this would keep those who wait for its traces too long.
_MOST_RUNS = 2_000


@dataclass(frozen=True, slots=True)
class _Part:
    runs: Sequence[RunRecord]
    destination: Destination


def _together(parts: Sequence[_Part]) -> Sequence[Stored]:
    return store.write_together(parts=[part.runs for part in parts], destination=parts[0].destination)


def _key(destination: Destination) -> Hashable:
    """Requests may share a transaction if their runs go to the same places with the same rights."""
    return destination.workspace_id, destination.only_project_id, frozenset(destination.project_ids.items())


_groups = Groups(_together, at_a_time=_AT_A_TIME, most=_MOST_RUNS)


def write(*, runs: Sequence[RunRecord], destination: Destination, replace: bool = False) -> Stored:
    """Store runs, perhaps together with those of other requests; on return they are committed.

    In a transaction of the caller's, which nobody else can share, and with `replace` it is the same as `store.write`.
    """
    if replace or connection.in_atomic_block:
        return store.write(runs=runs, destination=destination, replace=replace)
    return _groups.write(_Part(runs, destination), to=_key(destination), size=len(runs))
