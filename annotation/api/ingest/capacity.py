"""How much ingestion one process works on at a time, so that a flood is answered instead of filling the memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from django.conf import settings


class OverloadedError(Exception):
    """All places are taken, and none became free in time."""


class _Places:
    """Counts requests in work; the number of places is read from the settings each time."""

    def __init__(self) -> None:
        self._taken = 0
        self._changed = Condition()

    def take(self) -> None:
        with self._changed:
            if not self._changed.wait_for(self._is_free, timeout=settings.INGEST_PATIENCE_SECONDS):
                raise OverloadedError("too many requests are being stored at the moment: try again")
            self._taken += 1

    def _is_free(self) -> bool:
        return self._taken < int(settings.INGEST_MAX_REQUESTS_IN_WORK)

    def give_back(self) -> None:
        with self._changed:
            self._taken -= 1
            self._changed.notify()


_places = _Places()


@contextmanager
def place() -> Iterator[None]:
    """A place to work in. Raises OverloadedError."""
    _places.take()
    try:
        yield
    finally:
        _places.give_back()
