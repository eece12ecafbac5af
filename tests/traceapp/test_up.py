"""One command starts everything, says so, and takes everything down with it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from tests.fixtures.processes import free_port
from tests.traceapp.test_embedded import guardians, server_processes, servers, wait_for

KEY = "ta_known-from-the-start"
FIRST_START = {
    "TRACEAPP_INIT_EMAIL": "ada@example.com",
    "TRACEAPP_INIT_PASSWORD": "correct horse battery",
    "TRACEAPP_INIT_WORKSPACE": "Travel desk",
    "TRACEAPP_INIT_PROJECT": "booking",
    "TRACEAPP_INIT_API_KEY": KEY,
}


class Installation:
    """`manage.py up` in a data folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.output = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def process(self) -> subprocess.Popen[str]:
        """The running command."""
        assert self._process
        return self._process

    def start(self, *arguments: str, **environment: str) -> None:
        """Start, and wait for the line that says it is ready, or for the end."""
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "PORT"}}
        own = {"TRACEAPP_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": "traceapp.settings", "PYTHONUNBUFFERED": "1",
               "WEB_PROCESSES": "1", "WORKER_PROCESSES": "1", "XDG_RUNTIME_DIR": str(self.home.parent)}  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "up", *arguments],
            cwd=settings.BASE_DIR,
            env=kept | own | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        assert self._process.stdout
        for line in self._process.stdout:
            self.output += line
            if " is ready at " in line:
                break

    def end(self, number: signal.Signals | None = None) -> int:
        """Wait for the end (after a signal); the exit code."""
        if number:
            self.process.send_signal(number)
        assert self.process.stdout
        self.output += self.process.stdout.read()
        self.process.stdout.close()
        return self.process.wait(30)

    def children(self) -> list[psutil.Process]:
        """All processes below the command."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def ask(self, path: str) -> dict[str, object]:
        """The JSON at an address, asked with the first key."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"x-api-key": KEY})
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: dict[str, object] = json.load(answer)
            return found

    def is_ready(self) -> bool:
        """Whether all parts answer."""
        try:
            return self.ask("/readyz")["ready"] is True
        except OSError:
            return False


def alive(processes: list[psutil.Process]) -> list[str]:
    """What still runs of these."""
    return [
        " ".join(process.cmdline())
        for process in processes
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    ]


@pytest.fixture
def installation(home: Path) -> Iterator[Installation]:
    made = Installation(home)
    yield made
    if made._process and made.process.poll() is None:
        made.end(signal.SIGTERM)
    assert wait_for(lambda: not server_processes(made.home))


@pytest.mark.long
def test_from_the_first_start_to_the_last_stop(installation: Installation) -> None:
    """Three lives of one installation, as making one takes seconds."""
    first = link_of_one_that_is_killed(installation)
    assert link_of_one_that_is_stopped_by_somebody_impatient(installation) != first
    is_set_up_from_the_environment_and_ends_with_its_web_server(installation)


def link_of_one_that_is_killed(installation: Installation) -> str:
    installation.start("--port", str(installation.port))
    children = installation.children()
    told = {child.environ().get("PUBLIC_URL") for child in children if "gunicorn" in child.cmdline()}
    assert told == {f"http://127.0.0.1:{installation.port}"}, "links that are sent out lead to what is printed"
    installation.end(signal.SIGKILL)
    (link,) = links(installation)
    assert wait_for(lambda: not alive(children))
    return link


def link_of_one_that_is_stopped_by_somebody_impatient(installation: Installation) -> str:
    installation.start(PORT=str(installation.port))
    for process in server_processes(installation.home):
        process.send_signal(signal.SIGKILL)
    assert wait_for(installation.is_ready)
    children = installation.children()
    for _ in range(10):
        installation.process.send_signal(signal.SIGINT)
        installation.process.send_signal(signal.SIGTERM)
    assert installation.end() == 0, installation.output
    (link,) = links(installation)
    assert installation.output.splitlines()[0] == ready(installation)
    assert len(installation.output.splitlines()) == 2
    assert alive(children) == []
    assert servers(installation.home) == []
    assert wait_for(lambda: not guardians(installation.home))
    return link


def is_set_up_from_the_environment_and_ends_with_its_web_server(installation: Installation) -> None:
    installation.start("--port", str(installation.port), **FIRST_START)
    assert installation.output.splitlines() == [ready(installation)]
    assert installation.ask("/readyz") == {
        "ready": True, "database": "ok", "redis": "ok", "worker": "ok", "scheduler": "ok",
    }  # fmt: skip
    assert not list(
        installation.home.parent.glob("*.ctl")
    )  # where gunicorn would have one for all installations of a user
    assert installation.ask("/api/v1/me")["workspace"] == {"slug": "travel-desk", "name": "Travel desk"}
    children = installation.children()
    web = next(child for child in children if "gunicorn" in " ".join(child.cmdline()))
    web.send_signal(signal.SIGKILL)
    assert installation.end() == 1
    assert "web ended by itself; the rest was stopped. Its last lines:" in installation.output
    *_, last = (installation.home / "logs" / "web.log").read_text().splitlines()
    assert f"\n  {last}\n" in installation.output
    assert alive(children) == []
    assert wait_for(lambda: not server_processes(installation.home))


def ready(installation: Installation) -> str:
    return f"traceapp is ready at http://127.0.0.1:{installation.port}"


def links(installation: Installation) -> list[str]:
    """The tokens of the links that it printed to set it up."""
    return re.findall(r"/setup/(\S+)/", installation.output)


def test_a_wished_port_that_is_taken_is_named(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installation.port))
        taken.listen()
        installation.start("--port", str(installation.port))
        assert installation.end() == 1
    message = f"Port {installation.port} on 127.0.0.1 is in use. Choose another one: make run PORT=8123"
    assert message in installation.output
