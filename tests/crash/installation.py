"""An installation in a folder of its own: PostgreSQL, Redis, web, worker and beat, each started again when it dies."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from tests.fixtures.processes import free_port
from traceapp.servers import postgresql, redis
from traceapp.servers.places import ServerError, sockets

_LOOK_SECONDS = 0.1
_DISK_BYTES = 700 * 1024 * 1024
_REPOSITORY = Path(__file__).resolve().parent.parent.parent


class Servers:
    """PostgreSQL and Redis, kept alive as an operator would, unless they are to be away."""

    def __init__(self, folder: Path) -> None:
        self.postgresql_home, self.redis_home = folder / "database", folder / "redis"
        self.postgresql_home.mkdir()
        self.redis_home.mkdir()
        self.has_own_disk = _mounted(self.postgresql_home)
        self._away = {"postgresql": threading.Event(), "redis": threading.Event()}

    def addresses(self) -> dict[str, str]:
        """The environment that names both to the product."""
        return {
            "DATABASE_URL": f"postgres://postgres@/{sockets(self.postgresql_home)}/postgres",
            "REDIS_URL": f"unix://{redis.socket_file(self.redis_home)}?db=0",
        }

    def look(self) -> None:
        """Start what is dead and should not be."""
        if not self._away["postgresql"].is_set() and not postgresql.answers(self.postgresql_home):
            with suppress(ServerError):  # no room on the disk, say: the next look tries again
                postgresql.start(self.postgresql_home)
        if not self._away["redis"].is_set() and not redis.answers(self.redis_home):
            with suppress(ServerError):
                redis.start(self.redis_home)

    def tune(self) -> None:
        """Keep the log of writes small, so that a full disk is one for the tables as well."""
        import psycopg  # noqa: PLC0415 -- only here

        with psycopg.connect(host=str(sockets(self.postgresql_home)), user="postgres", autocommit=True) as connection:
            for setting in ("max_wal_size = '96MB'", "min_wal_size = '48MB'"):
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")

    def stop(self) -> None:
        """End both."""
        for away in self._away.values():
            away.set()
        for process in [*self.postgresql_processes(), *self.redis_processes()]:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)
        with suppress(ServerError):
            postgresql.stop(self.postgresql_home)
        with suppress(ServerError):
            redis.stop(self.redis_home)
        if self.has_own_disk:
            subprocess.run(["umount", "--lazy", str(self.postgresql_home)], check=False)  # noqa: S607 -- as mount

    def postgresql_processes(self) -> list[psutil.Process]:
        """The server's processes, the first one first."""
        return sorted(postgresql._processes(self.postgresql_home), key=lambda process: process.pid)

    def redis_processes(self) -> list[psutil.Process]:
        """The server's one process."""
        wanted = str(redis.socket_file(self.redis_home))
        found = psutil.process_iter(["name", "cmdline"])
        return [
            one for one in found if one.info["name"] == "redis-server" and wanted in " ".join(one.info["cmdline"] or [])
        ]

    @contextmanager
    def without_postgresql(self) -> Iterator[None]:
        """It is stopped, and stays so until the block ends."""
        with self._gone("postgresql", lambda: postgresql.stop(self.postgresql_home)):
            yield

    def _kill_redis(self) -> None:
        for process in self.redis_processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()

    @contextmanager
    def without_redis(self) -> Iterator[None]:
        """It is killed, and stays so until the block ends."""
        with self._gone("redis", self._kill_redis):
            yield

    @contextmanager
    def with_full_disk(self) -> Iterator[None]:
        """Not a byte is left where PostgreSQL writes."""
        ballast = self.postgresql_home / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * 1_000_000)
        with ballast.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * 4096)
        try:
            yield
        finally:
            ballast.unlink()

    @contextmanager
    def _gone(self, name: str, stop: Callable[[], object]) -> Iterator[None]:
        self._away[name].set()
        stop()
        try:
            yield
        finally:
            self._away[name].clear()


def _mounted(folder: Path) -> bool:
    """Whether the folder is a small disk of its own now; takes root on Linux."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_BYTES},mode=755", "tmpfs", str(folder)]
    with suppress(OSError):
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    return False


class Installation:
    """The parts of the product on these servers; `address` is where its pages are."""

    def __init__(self, folder: Path, servers: Servers) -> None:
        self.folder, self.servers = folder, servers
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        self._commands = _commands(self.port)
        self._ended = threading.Event()
        self._keepers = [threading.Thread(target=self._keep, args=(look,)) for look in (self._look, servers.look)]

    def start(self) -> None:
        """Start all parts and begin to look after them."""
        for name in self._commands:
            self._launch(name)
        for keeper in self._keepers:
            keeper.start()

    def children_of(self, name: str) -> list[psutil.Process]:
        """The processes that a part has made."""
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.parts[name].pid).children(recursive=True)
        return []

    def kill(self, name: str) -> None:
        """End a part's first process, without a chance to tidy up."""
        with suppress(ProcessLookupError):
            os.kill(self.parts[name].pid, signal.SIGKILL)

    def stop(self) -> None:
        """End all parts."""
        self._ended.set()
        for keeper in self._keepers:
            if keeper.is_alive():
                keeper.join()
        for process in self.parts.values():
            process.terminate()
        for process in self.parts.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _launch(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.parts[name] = subprocess.Popen(
                [sys.executable, *self._commands[name]], cwd=_REPOSITORY, stdout=log, stderr=log
            )

    def _keep(self, look: Callable[[], None]) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            look()

    def _look(self) -> None:
        for name, process in list(self.parts.items()):
            if process.poll() is not None:
                self._launch(name)


def _commands(port: int) -> Mapping[str, list[str]]:
    celery, processes = ["-m", "celery", "--app", "traceapp", "--quiet"], os.environ["WORKER_PROCESSES"]
    return {
        "web": ["-m", "gunicorn", "--config", "traceapp/gunicorn_config.py", "--bind", f"127.0.0.1:{port}"],
        "worker": [*celery, "worker", "-Q", "ingest,default", "-c", processes, "--without-mingle", "--without-gossip"],
        "beat": [*celery, "beat"],
    }


ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "traceapp.settings",
    "SETTLE_QUIET_SECONDS": "0.3",
    "API_REQUESTS_PER_MINUTE": "1000000",
    "KEYLESS_REQUESTS_PER_MINUTE": "1000000",
    "LOG_LEVEL": "WARNING",
}
PROCESSES = {"WEB_PROCESSES": "2", "WORKER_PROCESSES": "2"}
"""Unless the environment asks for another number."""


@contextmanager
def installation(*, keep: bool) -> Iterator[Installation]:
    """A migrated one that runs; this process is part of it, so that it can look into the database."""
    folder = Path(tempfile.mkdtemp(prefix="traceapp-crash-"))
    servers = Servers(folder)
    os.environ.update({**PROCESSES, **os.environ, **ENVIRONMENT, **servers.addresses(), "TRACEAPP_HOME": str(folder)})
    made = Installation(folder, servers)
    try:
        servers.look()
        servers.tune()
        _prepare()
        made.start()
        _wait_until_ready(made)
        yield made
    finally:
        made.stop()
        _forget_connections()
        servers.stop()
        if keep:
            print(f"Logs and data are kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _prepare() -> None:
    import django  # noqa: PLC0415 -- its settings are in the environment only now
    from django.core.management import call_command  # noqa: PLC0415 -- likewise

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _forget_connections() -> None:
    from django.db import connections  # noqa: PLC0415 -- as above

    connections.close_all()


def _wait_until_ready(made: Installation) -> None:
    from annotation.domain import health  # noqa: PLC0415 -- as above

    until, parts = time.monotonic() + 60, dict[str, Any]()
    while time.monotonic() < until:
        parts = health.check().parts
        if set(parts.values()) == {"ok"}:
            _warm_up(made.address)
            return
        time.sleep(0.2)
    logs = "\n".join(path.read_text()[-2000:] for path in made.folder.glob("*.log"))
    raise SystemExit(f"The installation does not start: {parts}\n{logs}")


def _warm_up(address: str) -> None:
    """Let the web processes load all they need, so that the first scenario is not about that."""
    for _ in range(3 * int(os.environ["WEB_PROCESSES"])):
        urllib.request.urlopen(f"{address}/sign-in/", timeout=60).close()
