"""Lists read from a replica of the database, where the installation has one (`DATABASE_REPLICA_URL`).

Nothing goes there unless a block says so with `reading()`: a replica is behind by the moment that replication takes, so
only what people page through may come from it, never what decides or is written back. A replica that is away or too far
behind is left alone for a while, and everything comes from the primary.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

log = structlog.get_logger(__name__)

ALIAS = "replica"
REST_SECONDS = 30.0
"""So long a replica that failed is not asked again by this process."""
_CHECK_SECONDS = 5.0

_is_reading: ContextVar[bool] = ContextVar("is_reading_from_replica", default=False)


class _Health:
    """What this process knows of the replica; shared by its threads, for whom an outdated word costs a retry at most."""

    rests_until = 0.0
    checked_at = 0.0


class Router:
    """Django's database router: reads inside `reading()` go to the replica, everything else to the primary."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str | None:
        """The replica, inside `reading()`."""
        return ALIAS if _is_reading.get() else None

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        """The primary, whatever database a row came from."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        """Both are the same data."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        """The replica follows by itself."""
        return db != ALIAS


def alias() -> str:
    """The database that reads go to here and now."""
    return ALIAS if _is_reading.get() else DEFAULT_DB_ALIAS


def is_reading() -> bool:
    """Whether reads go to the replica here and now."""
    return _is_reading.get()


@contextmanager
def reading() -> Iterator[None]:
    """Reads inside go to the replica."""
    token = _is_reading.set(True)
    try:
        yield
    finally:
        _is_reading.reset(token)


def is_usable() -> bool:
    """Whether there is a replica that answers and is not too far behind."""
    if ALIAS not in settings.DATABASES or time.monotonic() < _Health.rests_until:
        return False
    if time.monotonic() - _Health.checked_at < _CHECK_SECONDS:
        return True
    try:
        lag = _lag_seconds()
    except (DatabaseError, InterfaceError) as problem:
        rest(type(problem).__name__)
        return False
    if lag > settings.REPLICA_MAX_LAG_SECONDS:
        rest(f"{lag:.0f} s behind")
        return False
    _Health.checked_at = time.monotonic()
    return True


def rest(why: str) -> None:
    """Do not ask the replica for a while."""
    log.warning("replica_left_alone", why=why, seconds=REST_SECONDS)
    _Health.rests_until = time.monotonic() + REST_SECONDS
    connections[ALIAS].close()


def _lag_seconds() -> float:
    """How far it is behind, in seconds: 0 when it has replayed all it received (PostgreSQL manual, 26.2.5)."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN NOT pg_is_in_recovery() OR pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0 "
            "ELSE coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 0) END"
        )
        return float(cursor.fetchone()[0])
