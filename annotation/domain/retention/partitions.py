"""The table of runs in partitions by month of arrival, for installations that outgrow one table.

Nothing is partitioned until `manage.py partition_runs` asks for it. The table that was there becomes the first partition as
it is; no row is copied. From then on `turn` has next month's partition made ahead and, once a month has begun, lets new
traces take their keys from its range. A month that never gets its turn costs nothing: traces go on in the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import UniqueConstraint
from psycopg.errors import DeadlockDetected, LockNotAvailable

from annotation.domain.ingest import months
from annotation.models import Run, Trace

log = structlog.get_logger(__name__)

_RUN, _TRACE = Run._meta.db_table, Trace._meta.db_table  # noqa: SLF001 -- the only way to a table's name
_LOCK = 0x7061_7274
"""Of those who turn the month, one at a time: a key of `pg_advisory_xact_lock`."""
_PATIENCE = "2s"
"""How long to wait for a table, while everybody else waits behind."""
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition of the table of runs: those of the traces with keys from `start`, below `end`."""

    table: str
    start: int
    end: int


def is_partitioned() -> bool:
    """Whether runs lie in partitions."""
    return _value("SELECT relkind = 'p' FROM pg_class WHERE oid = %s::regclass", [_RUN]) is True


def existing() -> list[Partition]:
    """The partitions, the oldest first."""
    rows = _rows(
        "SELECT relname, lag(edge, 1, 0::bigint) OVER (ORDER BY edge), edge FROM (SELECT relname, "
        "(regexp_match(pg_get_expr(relpartbound, pg_class.oid), 'TO \\(''(\\d+)''\\)'))[1]::bigint AS edge "
        "FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = %s::regclass) AS part ORDER BY edge",
        [_RUN],
    )
    return [Partition(*row) for row in rows]


def partition(*, now: datetime) -> None:
    """Turn the table of runs into one with partitions; what is stored becomes the first of them.

    What takes long goes ahead, beside readers and writers; they wait only for the exchange. May be called again after
    a failure. Raises OperationalError when the table was in use for too long: try again.
    """
    if not is_partitioned():
        first = months.first_key(months.number(now))
        _prepare(first)
        with transaction.atomic():
            _exchange(first)
    turn(now=now)


def turn(*, now: datetime) -> None:
    """Have this month's and the next one's partition; let new traces belong to this month; drop months without traces."""
    if not is_partitioned():
        return
    month = months.number(now)
    with transaction.atomic():
        _rows("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        known = {one.end for one in existing()}
        for needed in (month, months.following(month)):
            if months.first_key(months.following(needed)) not in known:
                _make(needed)
        _begin(month)
    for one in existing():
        if one.end <= months.first_key(month):
            _drop_if_empty(one)
    _run(f"ANALYZE {_RUN}")  # of the whole, which autovacuum looks at in parts only


def _prepare(first: int) -> None:
    """The bound that spares attaching a look at every row, and keys that hold what is partitioned by."""
    concurrently = "" if connection.in_atomic_block else "CONCURRENTLY"
    _run(f"ALTER TABLE {_RUN} DROP CONSTRAINT IF EXISTS run_arrived_before")
    _run(f"ALTER TABLE {_RUN} ADD CONSTRAINT run_arrived_before CHECK (trace_id < {first}) NOT VALID")
    _run(f"ALTER TABLE {_RUN} VALIDATE CONSTRAINT run_arrived_before")
    for name, columns in _keys().items():
        _run(f"DROP INDEX {concurrently} IF EXISTS first_{name}")
        _run(f"CREATE UNIQUE INDEX {concurrently} first_{name} ON {_RUN} ({columns})")


def _keys() -> dict[str, str]:
    """Columns of the unique keys by name: those of the model, and what is partitioned by."""
    column = {field.name: str(field.column) for field in Run._meta.concrete_fields}  # noqa: SLF001 -- as above
    unique = [one for one in Run._meta.constraints if isinstance(one, UniqueConstraint)]  # noqa: SLF001 -- as above
    fields = {f"{_RUN}_pkey": ["id"], **{one.name: [column[name] for name in one.fields] for one in unique}}
    return {name: ", ".join([*columns, "trace_id"]) for name, columns in fields.items()}


def _exchange(first: int) -> None:
    """Put a partitioned table in the place of the one that was there."""
    old = f"{_RUN}_before_{first // months.WIDTH}"
    _run(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
    _run(f"LOCK TABLE {_RUN} IN ACCESS EXCLUSIVE MODE")
    next_id = _value("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [_RUN])
    again = [*_foreign_keys(), *_set_indexes_aside()]
    _run(f"ALTER TABLE {_RUN} RENAME TO {old}")
    _run(f"ALTER TABLE {old} ALTER id DROP IDENTITY, {', '.join(f'DROP CONSTRAINT {name}' for name in _keys())}")
    _run(
        f"CREATE TABLE {_RUN} (LIKE {old} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMPRESSION) "
        "PARTITION BY RANGE (trace_id)"
    )
    _run(f"ALTER TABLE {_RUN} DROP CONSTRAINT run_arrived_before")
    _run(f"ALTER TABLE {_RUN} ALTER id ADD GENERATED BY DEFAULT AS IDENTITY (START WITH {next_id})")
    for name, columns in _keys().items():
        kind = "PRIMARY KEY" if name.endswith("_pkey") else "UNIQUE"
        _run(f"ALTER TABLE {old} ADD CONSTRAINT first_{name} {kind} USING INDEX first_{name}")
        _run(f"ALTER TABLE {_RUN} ADD CONSTRAINT {name} {kind} ({columns})")
    for statement in again:
        _run(statement)
    _run(f"ALTER TABLE {_RUN} ATTACH PARTITION {old} FOR VALUES FROM (MINVALUE) TO ({first})")
    _run(f"ALTER TABLE {old} DROP CONSTRAINT run_arrived_before")


def _foreign_keys() -> list[str]:
    """The statements that give a new table the foreign keys of the old one."""
    found = _rows(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'",
        [_RUN],
    )
    return [f"ALTER TABLE {_RUN} ADD CONSTRAINT {name} {definition}" for name, definition in found]


def _set_indexes_aside() -> list[str]:
    """Rename the indexes that are no keys; the statements that give a new table the same under their names."""
    found = _rows(
        "SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
        "WHERE indrelid = %s::regclass AND NOT indisunique",
        [_RUN],
    )
    for name, _ in found:
        _run(f"ALTER INDEX {name} RENAME TO first_{name}")
    return [definition for _, definition in found]


def _make(month: int) -> None:
    """Made apart and attached, which stops nobody who reads or writes runs."""
    table = f"{_RUN}_{month}"
    start, end = months.first_key(month), months.first_key(months.following(month))
    _run(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
    _run(f"CREATE TABLE {table} (LIKE {_RUN} INCLUDING ALL EXCLUDING IDENTITY)")
    _run(f"ALTER TABLE {_RUN} ATTACH PARTITION {table} FOR VALUES FROM ({start}) TO ({end})")


def _begin(month: int) -> None:
    """Unlike what `setval` does, a restart is taken back if the partition is."""
    sequence, first = _value("SELECT pg_get_serial_sequence(%s, 'id')", [_TRACE]), months.first_key(month)
    if _value(f"SELECT last_value FROM {sequence}") < first:  # noqa: S608 -- a name that PostgreSQL gave
        _run(f"ALTER SEQUENCE {sequence} RESTART WITH {first}")


def _drop_if_empty(one: Partition) -> None:
    """Drop a month of which no trace is left; no new one can come, for keys only grow."""
    if not Trace.objects.filter(pk__gte=one.start, pk__lt=one.end).exists():
        is_dropped = _unless_in_use(lambda: _run(f"DROP TABLE {one.table}"))
        log.info("partition_dropped" if is_dropped else "partition_in_use", table=one.table)


def exchange(one: Partition, *, prepare: Callable[[], Collection[int]]) -> bool:
    """Put in the place of a partition a new one that holds the runs of some traces only, whose keys `prepare` says.

    Nobody writes to the partition meanwhile; what it costs is copying what stays. False if the table was in use for so long
    that nothing has changed.
    """

    def work() -> None:
        _run(f"LOCK TABLE {one.table} IN SHARE ROW EXCLUSIVE MODE")
        staying, new = prepare(), f"{one.table}_new"
        bound = _value("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = %s::regclass", [one.table])
        _run(f"CREATE TABLE {new} (LIKE {one.table} INCLUDING ALL EXCLUDING IDENTITY)")
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {new} SELECT * FROM {one.table} WHERE trace_id = ANY(%s)", [list(staying)])  # noqa: S608 -- our own names
        _run(f"DROP TABLE {one.table}")
        _run(f"ALTER TABLE {new} RENAME TO {one.table}")
        _run(f"ALTER TABLE {_RUN} ATTACH PARTITION {one.table} {bound}")

    return any(_unless_in_use(work) for _ in range(_TRIES))


def _unless_in_use(work: Callable[[], None]) -> bool:
    """Do it; False, and nothing is changed, if a table that it needs for itself was in use for too long."""
    try:
        with transaction.atomic():
            _run(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
            work()
            _run("SET LOCAL lock_timeout = DEFAULT")
    except OperationalError as problem:
        if not isinstance(problem.__cause__, (LockNotAvailable, DeadlockDetected)):
            raise
        return False
    return True


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _rows(statement: str, values: Sequence[str | int] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _value(statement: str, values: Sequence[str | int] = ()) -> Any:
    return _rows(statement, values)[0][0]
