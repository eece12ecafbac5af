"""Where things lie: the data folder, its sockets, and the programs inside the installed wheels."""

import hashlib
import importlib.util
import os
import tempfile
from functools import cache
from pathlib import Path

_SOCKET_LENGTH = 100
"""Longest path of a unix socket that every system takes, in bytes."""


class ServerError(RuntimeError):
    """An embedded server cannot run; the message says why and what to do."""


def sockets(home: Path) -> Path:
    """The folder of both servers' sockets: inside `home`, or, where that path is too long, a short one for it alone."""
    inside = home / "run"
    if len(os.fsencode(inside / ".s.PGSQL.5432.lock")) <= _SOCKET_LENGTH:
        return inside
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"traceapp-{os.getuid()}-{digest}"


@cache
def wheel(package: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        message = f"The package {package} is not installed: run make setup, or set DATABASE_URL and REDIS_URL."
        raise ServerError(message)
    return Path(spec.submodule_search_locations[0])
