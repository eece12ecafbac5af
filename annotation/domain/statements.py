"""Statements that are asked all the time, planned once for each connection instead of every time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


def prepared() -> CursorWrapper:
    """Like `connection.cursor()`, for statements whose text is always the same; close it, or use `with`.

    Django writes values into the text of a statement, so that PostgreSQL plans each one anew: of a small one with joins most
    of its time. Here they travel beside it, and psycopg prepares what comes often (`prepare_threshold`).

    Not for statements that look into tables that grow: the plan that was right for a small table, which is to read all of it,
    is kept until the next ANALYZE; of the runs that a request brings, it took thirty times as long.
    """
    database = _database()
    database.close_if_health_check_failed()  # this and the next as `connection.cursor()` does
    database.ensure_connection()
    with database.wrap_database_errors:
        cursor = psycopg.Cursor(database.connection)
    return cast("CursorWrapper", database._prepare_cursor(cursor))  # noqa: SLF001 -- counted and logged as all others


def _database() -> Any:
    """This thread's connection itself: the proxy `connection` looks it up again for every attribute."""
    return cast("Any", connections[DEFAULT_DB_ALIAS])


def ask(statement: str, values: Sequence[Any] | Mapping[str, Any]) -> Callable[[], list[Any]]:
    """Send a statement, prepared as above; what is returned waits for its rows."""
    database, cursor = _sent(statement, values)

    def rows() -> list[Any]:
        with database.wrap_database_errors:
            return list(cursor.fetchall())

    return rows


def uuids(those: Iterable[UUID]) -> str:
    """An array of UUIDs as a value for `%s::uuid[]`: psycopg takes ten times as long to find out what is in a list."""
    return "{" + ",".join(map(str, those)) + "}"


def send(statement: str, values: Sequence[Any] | Mapping[str, Any]) -> None:
    """The same for a statement without rows."""
    _sent(statement, values)


def _sent(statement: str, values: Sequence[Any] | Mapping[str, Any]) -> tuple[Any, Any]:
    """The database, and the cursor that has sent the statement: psycopg's own where nobody counts and logs statements, since
    Django's around it takes a quarter of the time that asking for a row takes.
    """
    database = _database()
    if database.connection is None or database.queries_logged or database.execute_wrappers:
        cursor: Any = prepared()
        cursor.execute(statement, values)
        return database, cursor
    database.close_if_health_check_failed()
    database.ensure_connection()
    with database.wrap_database_errors:
        return database, psycopg.Cursor(database.connection).execute(statement, values)


@contextmanager
def pipelined() -> Iterator[None]:
    """What is asked in this block, in a transaction, goes to the database together; its rows are here when the block ends.

    The statements run one after the other all the same, each seeing what the ones before it did. Waiting for each would cost
    both sides a change of process, which is more than most of them take. Not for Django's own: it looks at how many
    rows a statement touched at once.
    """
    database = _database()
    with database.wrap_database_errors, database.connection.pipeline():
        yield
