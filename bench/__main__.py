"""Measure the parts named on the command line, or the usual ones: `python -m bench [writing] [reading] [queues] …`."""

import importlib
import logging
import os
import platform
import sys
from pathlib import Path

# Before anything reads the settings: a data folder of its own, so that nobody's installation is touched; no throttle.
os.environ.setdefault("TRACEAPP_HOME", str(Path(__file__).resolve().parent.parent / ".traceapp" / "bench"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceapp.settings")
os.environ.setdefault("API_REQUESTS_PER_MINUTE", "1000000000")

import django
import psutil

from bench import HEAD

USUAL = ("writing", "reading")


def main(chosen: list[str]) -> None:
    """Print the figures of each part as they come, and the machine."""
    django.setup()
    logging.disable(logging.INFO)
    if "bench" not in os.environ.get("DATABASE_URL", "bench"):
        sys.exit("The benchmarks empty the database: name one with `bench` in its name in DATABASE_URL.")
    print(HEAD)
    for name in chosen or USUAL:
        for figure in importlib.import_module(f"bench.{name}").run():
            print(figure, flush=True)
    print(f"\n{_machine()}")


def _machine() -> str:
    from django.db import connection  # noqa: PLC0415 -- after the settings

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    busy = os.getloadavg()[1]
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{psutil.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, PostgreSQL {version}, "
        f"Python {platform.python_version()}, Django {django.__version__}; load average at the end {busy:.1f}."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
