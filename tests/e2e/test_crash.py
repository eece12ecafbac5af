"""One scenario of the crash matrix (`make crash` runs all): the table says that nothing is lost, doubled or wrong."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

SCENARIO = "kill the postmaster without Redis"


@pytest.mark.long
def test_nothing_is_lost_when_postgresql_is_killed_and_redis_is_away() -> None:
    names = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "TRACEAPP_HOME", "PYTEST_XDIST_WORKER")
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash", "--seconds", "1", SCENARIO],
        cwd=settings.BASE_DIR,
        env={name: value for name, value in os.environ.items() if name not in names}
        | {"WEB_PROCESSES": "1", "WORKER_PROCESSES": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    _, [name, _seconds, acknowledged, found, doubled, wrong, _again, unfit] = [
        [cell.strip() for cell in line.split("|")] for line in done.stdout.splitlines() if "|" in line
    ]
    assert (name, found, doubled, wrong, unfit) == (SCENARIO, acknowledged, "0", "0", "0")
    assert int(acknowledged) > 5
