"""Statements that are asked all the time, planned once for each connection instead of every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

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
    cursor = prepared()
    cursor.execute(statement, values)

    def rows() -> list[Any]:
        with cursor:
            return list(cursor.fetchall())

    return rows


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
