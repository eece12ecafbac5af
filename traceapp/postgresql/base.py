"""The database backend: Django finds it by the name of its package."""

from datetime import UTC, datetime
from functools import cache
from select import POLLIN, poll
from typing import Any

from django.db.backends.postgresql import base
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format


class Moments(Loader):
    """Reads a `timestamptz` of a session in UTC, which all of ours are, as what PostgreSQL's text mostly is: ISO 8601.

    Django's loader takes it apart by a regular expression in Python, and every row has several. It still reads the rest, such as
    years before Christ.
    """

    rest: type[Loader]
    timezone = UTC
    """Which Django holds against its own for each cursor."""

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        self._made_with = (oid, context)

    def load(self, data: Buffer) -> Any:
        """The moment, in UTC."""
        text = bytes(data).decode()
        if text.endswith("+00"):
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                pass
        return self.rest(*self._made_with).load(data)


@cache
def _moments(rest: type[Loader]) -> type[Loader]:
    return type("MomentsInUtc", (Moments,), {"rest": rest})


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the socket, not the server, whether a kept connection still lives: one round trip less for every request.

    A server that went away has closed the connection, which shows as something to be read; so does anything else that it
    said unasked, and then it is asked as usual. That a whole machine fell silent shows in neither way before a timeout.
    """

    def is_usable(self) -> bool:
        """Whether the connection may be used."""
        if self.connection is None or self.connection.closed:
            return False
        line = poll()
        line.register(self.connection.fileno(), POLLIN)
        return super().is_usable() if line.poll(0) else True

    def get_new_connection(self, conn_params: Any) -> Any:
        """With our way to read moments, where the session is in UTC."""
        connection = super().get_new_connection(conn_params)
        if self.timezone == UTC:
            oid = connection.adapters.types["timestamptz"].oid
            connection.adapters.register_loader(oid, _moments(connection.adapters.get_loader(oid, Format.TEXT)))
        return connection
