"""The database backend: Django finds it by the name of its package."""

from select import POLLIN, poll

from django.db.backends.postgresql import base


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
