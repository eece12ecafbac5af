"""An installation to measure: a data folder of its own, emptied first, and the servers as `manage.py up` starts them."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from annotation.domain.access import Role, Scope
from annotation.domain.projects import keys
from annotation.models import Membership, User, Workspace
from traceapp import embedded
from traceapp.management.commands.up import commands, free_port

WORKSPACE = "bench"


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of CPU, by who spent them."""

    web: float
    database: float


@dataclass(slots=True)
class Installation:
    """A running web server on an empty database; `token` may do everything a key may."""

    host: str
    port: int
    token: str
    web: psutil.Process
    backend: int

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://{self.host}:{self.port}"

    def spent(self) -> Spent:
        """CPU until now of the web processes and, if it runs here, of PostgreSQL with all its children."""
        return Spent(_seconds(self.web), _seconds(psutil.Process(self.backend).parent()))

    def memory(self) -> float:
        """Resident bytes of the web processes that serve."""
        return sum(float(child.memory_info().rss) for child in self.web.children())


def empty() -> None:
    """Have the tables new and empty."""
    embedded.join()
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)


def token() -> str:
    """A key to the one workspace there is."""
    workspace, _ = Workspace.objects.get_or_create(slug=WORKSPACE, defaults={"name": "Bench"})
    person, _ = User.objects.get_or_create(email="bench@example.org", defaults={"name": "Bench"})
    Membership.objects.get_or_create(workspace=workspace, user=person, defaults={"role": Role.ADMIN})
    return keys.create(
        workspace=workspace, name="bench", scopes=list(Scope.values), by=person, now=timezone.now()
    ).token


@contextmanager
def running(*parts: str) -> Iterator[Installation]:
    """Run these parts (`web`, `worker`, `beat`) as `manage.py up` does, on what the database holds."""
    host, port = "127.0.0.1", free_port("127.0.0.1", None)
    logs = embedded.home() / "logs"
    logs.mkdir(exist_ok=True)
    started = [_start(words, logs / f"{name}.log") for name, words in commands(host, port).items() if name in parts]
    try:
        _wait_until_alive(f"http://{host}:{port}/healthz", started[0])
        yield Installation(host, port, token(), psutil.Process(started[0].pid), _backend_pid())
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        for process in started:
            process.wait(30)


def _start(words: list[str], log: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "LOG_LEVEL": os.environ.get("LOG_LEVEL", "INFO")}
    with log.open("wb") as output:
        return subprocess.Popen(words, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output)


def _wait_until_alive(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit(f"The server does not answer; see {embedded.home() / 'logs'}")


def _seconds(process: psutil.Process | None) -> float:
    """CPU of a process and its living children."""
    if process is None:
        return 0.0
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return sum(float(one.user + one.system) for one in times)


def _backend_pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])
