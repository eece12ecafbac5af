"""A kept connection that its server has closed is noticed before it is used, without asking the server."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, close_old_connections, connection, connections
from django.test.utils import CaptureQueriesContext

from annotation.domain import statements


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_closed_is_replaced_and_a_good_one_is_kept() -> None:
    connection.ensure_connection()
    assert connection.is_usable()
    first = _pid()
    close_old_connections()
    assert _pid() == first
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    other.close()
    assert not connection.is_usable()
    close_old_connections()
    assert _pid() != first


@pytest.mark.django_db
def test_a_prepared_statement_is_planned_once_and_counted_every_time() -> None:
    with CaptureQueriesContext(connection) as seen:
        for number in range(8):
            with statements.prepared() as cursor:
                cursor.execute("SELECT %s::int * 2", [number])
                assert cursor.fetchone() == (number * 2,)
    assert len(seen) == 8
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1::int * 2'")
        assert cursor.fetchone() == (1,)


def _pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "2026-11-26 13:52:32",
        "2026-11-26 13:52:32.1",
        "0044-03-15 23:59:59.123456",
        "9999-12-31 00:00:00",
        "1900-02-28 00:00",
    ],
)
def test_a_moment_is_read_as_django_reads_it(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz, NULL::timestamptz", [f"{text}+00"])
        assert cursor.fetchone() == (datetime.fromisoformat(text).replace(tzinfo=UTC), None)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["infinity", "0044-03-15 00:00:00+00 BC", "20000-01-01 00:00:00+00"])
def test_a_moment_that_python_has_not_is_refused(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        with pytest.raises(DataError, match="timestamp"):
            cursor.fetchone()
