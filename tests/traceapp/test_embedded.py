"""The embedded servers outlive nobody who needs them, and nobody's death stands in their way."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from django.conf import settings

from traceapp.servers import places, postgresql
from traceapp.servers import redis as redis_server

JOIN = "from traceapp import embedded; import sys; embedded.join(); print('in', flush=True); sys.stdin.read()"


class Users:
    """Processes that use the servers of one data folder."""

    def __init__(self, home: Path, user: str | None = None) -> None:
        self.home = home
        self._user = user
        self._processes: list[subprocess.Popen[str]] = []

    def enter(self) -> subprocess.Popen[str]:
        """One more process; returns once it has joined."""
        environment = {**os.environ, "TRACEAPP_HOME": str(self.home), "PYTHONPATH": str(settings.BASE_DIR)}
        for name in ("DATABASE_URL", "REDIS_URL"):
            environment.pop(name, None)
        process = subprocess.Popen(
            [sys.executable, "-c", JOIN],
            env=environment,
            cwd="/",
            user=self._user,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._processes.append(process)
        assert process.stdout
        assert process.stdout.readline() == "in\n"
        return process

    def leave(self, process: subprocess.Popen[str]) -> None:
        """An ordinary end."""
        process.communicate()
        assert process.returncode == 0

    def clear(self) -> None:
        """End whoever is left, and wait for the servers to go."""
        for process in self._processes:
            process.kill()
            process.communicate()
        assert wait_for(lambda: not server_processes(self.home))

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        """Run a statement on the embedded PostgreSQL; its rows, if it has any."""
        address = f"host={places.sockets(self.home)} user=postgres dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def server_processes(home: Path) -> list[psutil.Process]:
    """Living servers and guardians of a data folder."""
    return [*servers(home), *guardians(home)]


def servers(home: Path) -> list[psutil.Process]:
    """Living servers of a data folder."""
    socket = str(redis_server.socket_file(home))
    redis = [one for one in _named("redis-server") if socket in " ".join(one.info["cmdline"])]
    return [*postgresql._processes(home), *redis]


def guardians(home: Path) -> list[psutil.Process]:
    """Living guardians of a data folder: they end moments after its last user."""
    return [one for one in _named("traceapp.guardian") if (one.info["environ"] or {}).get("TRACEAPP_HOME") == str(home)]


def _named(name: str) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline", "status", "environ"])
        if name in " ".join(process.info["cmdline"] or []) and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def wait_for(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true within 15 seconds."""
    until = time.monotonic() + 15
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


@pytest.fixture
def users(home: Path) -> Iterator[Users]:
    users = Users(home)
    yield users
    users.clear()


def answers(home: Path) -> bool:
    return postgresql.answers(home) and redis_server.answers(home)


def test_two_share_one_server_and_the_last_to_leave_stops_it(users: Users) -> None:
    first = users.enter()
    started = users.sql("SELECT pg_postmaster_start_time()")
    second = users.enter()
    users.leave(first)
    time.sleep(0.5)
    assert answers(users.home)
    assert users.sql("SELECT pg_postmaster_start_time()") == started
    users.leave(second)
    assert wait_for(lambda: not server_processes(users.home))


def test_what_was_written_is_there_after_everything_was_killed(users: Users) -> None:
    users.enter()
    users.sql("CREATE TABLE kept AS SELECT 7 AS number")
    assert users.sql("SHOW fsync") == [("on",)]
    for process in [*server_processes(users.home), *map(psutil.Process, [users._processes[0].pid])]:
        process.send_signal(signal.SIGKILL)
    users.enter()
    assert answers(users.home)
    assert users.sql("SELECT number FROM kept") == [(7,)]


def test_servers_stop_when_their_only_user_is_killed(users: Users) -> None:
    process = users.enter()
    process.kill()
    assert wait_for(lambda: not server_processes(users.home))


def test_killed_servers_come_back_for_the_next_who_joins_while_others_stay(users: Users) -> None:
    users.enter()
    for process in server_processes(users.home):
        process.send_signal(signal.SIGKILL)
    users.enter()
    assert answers(users.home)


def test_a_stale_process_id_that_now_belongs_to_somebody_else_is_no_obstacle(users: Users) -> None:
    users.leave(users.enter())
    assert wait_for(lambda: not server_processes(users.home))
    pid_file = users.home / "postgresql" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{users.home / 'postgresql'}\n1\n5432\n{users.home}\n\n  1  1\nready\n")
    users.enter()
    assert answers(users.home)
    assert pid_file.read_text().splitlines()[0] != str(os.getpid())


def test_a_cluster_whose_making_was_cut_short_is_made_again_and_a_long_path_gets_its_sockets_elsewhere(
    home: Path,
) -> None:
    users = Users(home.with_name("long" * 25))
    (users.home / "postgresql.new" / "base").mkdir(parents=True)
    users.enter()
    try:
        assert not places.sockets(users.home).is_relative_to(users.home)
        assert redis.Redis.from_url(f"unix://{redis_server.socket_file(users.home)}").ping() is True
        assert users.sql("SHOW server_encoding") == [("UTF8",)]
    finally:
        users.clear()
        shutil.rmtree(places.sockets(users.home))


def _nobody_runs_python() -> bool:
    """Only root can become somebody else; and the interpreter may lie where only root can go."""
    if os.geteuid() != 0:
        return False
    try:
        return subprocess.run([sys.executable, "-c", ""], user="nobody", cwd="/", check=False).returncode == 0
    except PermissionError:
        return False


@pytest.mark.skipif(not _nobody_runs_python(), reason="nobody cannot run this interpreter")
def test_an_ordinary_user_can_run_them() -> None:
    entry = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        users = Users(Path(folder) / "home", user="nobody")
        users.enter()
        owner = (users.home / "postgresql").stat().st_uid
        users.clear()
    assert owner == entry.pw_uid
