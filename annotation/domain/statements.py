"""Statements that are asked all the time, planned once for each connection instead of every time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import psycopg
from django.db import connection

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


def prepared() -> CursorWrapper:
    """Like `connection.cursor()`, for statements whose text is always the same; close it, or use `with`.

    Django writes values into the text of a statement, so that PostgreSQL plans each one anew: of a small one with joins most
    of its time. Here they travel beside it, and psycopg prepares what comes often (`prepare_threshold`).
    """
    connection.cursor().close()  # connected, and in the state that Django wants
    database = cast("Any", connection)
    with database.wrap_database_errors:
        cursor = psycopg.Cursor(database.connection)
    return cast("CursorWrapper", database._prepare_cursor(cursor))  # noqa: SLF001 -- counted and logged as all others
