"""PostgreSQL and Redis inside the installation, used whenever DATABASE_URL or REDIS_URL is not set.

They start when first needed and serve every process of one data folder. Each of these holds a shared lock on the file
`users.lock` for as long as it lives; the kernel drops the lock however the process ends, so nothing can be stale. A small
guardian process waits for the lock alone: once it has it, nobody uses the servers any more and it stops them.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from traceapp.servers import places, postgresql, redis

_REPOSITORY = Path(__file__).resolve().parent.parent

_use: dict[int, int] = {}
"""Process id -> descriptor of the lock file that this process holds open to its end; a forked child opens its own."""


def home() -> Path:
    """The data folder: TRACEAPP_HOME, else `.traceapp` beside the code."""
    return Path(os.environ.get("TRACEAPP_HOME") or _REPOSITORY / ".traceapp").resolve()


def database() -> dict[str, Any]:
    """Django's description of the embedded database; starts nothing."""
    return {
        "ENGINE": "traceapp.embedded_postgresql",
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": str(places.sockets(home())),
    }


def redis_url() -> str:
    """The address of the embedded Redis, as redis-py takes it; starts nothing."""
    return f"unix://{redis.socket_file(home())}?db=0"


def broker_url(url: str) -> str:
    """A Redis address in Celery's spelling."""
    return url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")


def join() -> None:
    """Use the needed servers from here until this process ends, starting what does not run; does nothing the second time.

    Raises `places.ServerError` when a server cannot run.
    """
    if os.getpid() not in _use and _needed():
        home().mkdir(parents=True, exist_ok=True)
        lock = os.open(home() / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_SH)  # waits while the last user's servers are being stopped
        _use[os.getpid()] = lock
        revive()


def revive() -> None:
    """Start again whatever of the needed servers does not answer."""
    with _starting_or_stopping():
        for server_start in _needed():
            server_start(home())
        if _use and _is_free("guardian.lock"):
            _post_guardian()


def leave() -> None:
    """Use the servers no longer; the last one to leave stops them before this returns."""
    lock = _use.pop(os.getpid(), None)
    if lock is None:
        return
    with suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        stop()
    os.close(lock)


def stop() -> None:
    """Stop both servers, whoever uses them."""
    if home().is_dir():
        with _starting_or_stopping():
            redis.stop(home())
            postgresql.stop(home())


def status() -> dict[str, bool]:
    """Name of each server -> whether it runs here."""
    return {"PostgreSQL": postgresql.answers(home()), "Redis": redis.answers(home())}


def guard() -> None:
    """Wait until nobody uses the servers, then stop them: the guardian process's life."""
    with _open("guardian.lock") as guardian, _open("users.lock") as users:
        with suppress(BlockingIOError):
            fcntl.flock(guardian, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(users, fcntl.LOCK_EX)
            stop()
        guardian.close()  # before `users`: whoever waits for that must find the post vacant


def _needed() -> list[Callable[[Path], None]]:
    named = {"DATABASE_URL": postgresql.start, "REDIS_URL": redis.start}
    return [server_start for variable, server_start in named.items() if not os.environ.get(variable)]


def _open(name: str) -> IO[str]:
    return (home() / name).open("w")


def _is_free(name: str) -> bool:
    with _open(name) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def _starting_or_stopping() -> Iterator[None]:
    with _open("services.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _post_guardian() -> None:
    """Start the guardian detached: in a session of its own, and no child of this process."""
    script = '"$0" -m traceapp.guardian </dev/null >>"$1" 2>&1 &'
    path = os.pathsep.join([str(_REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "TRACEAPP_HOME": str(home()), "PYTHONPATH": path}
    subprocess.run(  # noqa: S603 -- our own program and paths
        ["/bin/sh", "-c", script, sys.executable, str(home() / "guardian.log")],
        cwd="/",
        env=environment,
        start_new_session=True,
        check=True,
    )
