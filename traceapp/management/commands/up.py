"""The whole installation as one command in the foreground: web, worker and beat."""

import logging
import os
import socket
import sys
import time
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.utils import timezone

from annotation.domain import health, setup
from traceapp import embedded
from traceapp.servers.places import ServerError
from traceapp.supervisor import Supervisor

DEFAULT_PORT = 8000
_PORTS_TRIED = 50
_LOOK_SECONDS = 0.2
_REVIVE_SECONDS = 3.0
_PREPARING = 7_205_113  # any number: names the lock in the database


class Command(BaseCommand):
    """Migrates, starts everything, says when it is ready, and stops everything with Ctrl-C or when a part ends."""

    help = "Start traceapp: web server, worker and scheduler, with embedded PostgreSQL and Redis unless others are set."
    requires_system_checks: list[str] = []  # each part checks itself; here they would cost a second

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--port`, `--host`, `--demo`, `--follow`."""
        parser.add_argument("--port", type=int, help="default: $PORT, else the first free one from 8000")
        parser.add_argument(
            "--host",
            default=os.environ.get("TRACEAPP_HOST") or "127.0.0.1",
            help="default: $TRACEAPP_HOST, else 127.0.0.1",
        )
        parser.add_argument("--demo", action="store_true", help="load an invented world first")
        parser.add_argument("--follow", action="store_true", help="also print what all parts log")

    def handle(self, *, port: int | None, host: str, demo: bool, follow: bool, **_unused: Any) -> None:
        """Run until stopped. Exit code 0 after Ctrl-C or SIGTERM, 1 when a part ended by itself."""
        logging.getLogger().setLevel(logging.WARNING)  # the parts log; this terminal is for a person
        port = free_port(host, port)
        try:
            embedded.join()
            notes = self._prepare(f"http://{_shown(host)}:{port}", demo=demo)
            connections.close_all()  # the children are forks: none may inherit a connection
            self._run(host, port, notes, follow=follow)
        except ServerError as error:
            raise CommandError(str(error)) from error
        finally:
            connections.close_all()
            embedded.leave()

    def _prepare(self, address: str, *, demo: bool) -> str:
        """Bring the database up to date and make what a first start makes; returns what to tell the person."""
        with connection.cursor() as cursor:  # two that start at once prepare one after the other
            cursor.execute("SELECT pg_advisory_lock(%s)", [_PREPARING])
            call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
            if settings.PRODUCTION:
                call_command("collectstatic", verbosity=0, interactive=False, skip_checks=True)
            notes = _seed_demo() if demo else _first_start(address)
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_PREPARING])
        health.forget()
        return notes

    def _run(self, host: str, port: int, notes: str, *, follow: bool) -> None:
        def watch() -> None:
            _wait_until_ready(f"http://{_shown(host)}:{port}")
            self.stdout.write(f"traceapp is ready at http://{_shown(host)}:{port}\n{notes}", ending="")
            self.stdout.flush()
            while True:
                time.sleep(_REVIVE_SECONDS)
                embedded.revive()

        os.environ["PORT"] = str(port)
        if not settings.PRODUCTION:  # links that are sent out lead to what is printed
            os.environ.setdefault("PUBLIC_URL", f"http://{_shown(host)}:{port}")
        logs = embedded.home() / "logs"
        supervisor = Supervisor(logs, beside=watch, echo=follow)
        supervisor.run(commands(host, port))
        if supervisor.dead:
            lines = "\n".join(f"  {line}" for line in supervisor.last_lines(supervisor.dead))
            self.stderr.write(f"{supervisor.dead} ended by itself; the rest was stopped. Its last lines:\n{lines}")
            raise CommandError(f"All that {supervisor.dead} logged stands in {logs / (supervisor.dead + '.log')}")


def commands(host: str, port: int) -> dict[str, list[str]]:
    """The words of the command of each part."""
    celery = [sys.executable, "-m", "celery", "--app", "traceapp", "--quiet"]
    config = Path(settings.BASE_DIR, "traceapp", "gunicorn_config.py")
    concurrency = os.environ.get("WORKER_PROCESSES") or "2"
    return {
        "web": [sys.executable, "-m", "gunicorn", "--config", str(config), "--bind", f"{host}:{port}"],
        "worker": [
            *celery,
            "worker",
            "-Q",
            "ingest,default",
            "-c",
            concurrency,
            "--without-mingle",
            "--without-gossip",
        ],
        "beat": [*celery, "beat"],
    }


def _shown(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104 -- compared, not bound


def free_port(host: str, wished: int | None) -> int:
    """The wished port, also from $PORT, or the first free one. Raises CommandError when it is taken."""
    wished = wished or int(os.environ.get("PORT") or 0)
    candidates = [wished] if wished else range(DEFAULT_PORT, DEFAULT_PORT + _PORTS_TRIED)
    for port in candidates:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise CommandError(f"Port {candidates[0]} on {host} is in use. Choose another one: make run PORT=8123")


def _seed_demo() -> str:
    output = StringIO()
    call_command("seed_demo", stdout=output, skip_checks=True)
    return output.getvalue()


def _first_start(address: str) -> str:
    """Set up from the environment, or hand out a link where a person does it."""
    try:
        wished = setup.Wish.from_environment(os.environ)
        if wished:
            setup.carry_out(wished, now=timezone.now(), may_be_weak=not settings.PRODUCTION)
    except setup.BadWishError as error:
        raise CommandError(str(error)) from error
    if setup.is_done():
        return ""
    return f"Set it up first, with this link that works once: {address}/setup/{setup.new_link()}/\n"


def _wait_until_ready(address: str) -> None:
    while True:
        try:
            with urlopen(f"{address}/readyz", timeout=5):  # noqa: S310 -- our own address
                return
        except (HTTPError, OSError):
            time.sleep(_LOOK_SECONDS)
