"""Django's PostgreSQL backend on top of the embedded server."""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError

from traceapp import embedded


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL that starts (or joins) the embedded server before it connects."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; a server that died since it was started is started again."""
        embedded.join()
        try:
            return super().get_new_connection(conn_params)
        except OperationalError:
            embedded.revive()
            return super().get_new_connection(conn_params)
