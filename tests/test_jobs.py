"""Asking for a job never fails its caller: the rows say what is to be done, a sweep finds it."""

import os
import subprocess
import sys

from django.conf import settings

from tests.fixtures.processes import free_port

PROGRAM = """
import django; django.setup()
import time
from annotation import jobs
started = time.monotonic()
jobs._send(jobs.JobName.HEARTBEAT, {})
assert time.monotonic() - started < 5
print("went on")
"""


def test_a_broker_that_is_away_costs_a_log_line_and_no_error() -> None:
    away = {
        **os.environ,
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
        "DJANGO_SETTINGS_MODULE": "traceapp.settings",
    }
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=away, capture_output=True, text=True, check=False, timeout=20
    )
    assert (done.returncode, done.stdout) == (0, "went on\n"), done.stderr
    assert '"event":"job_not_rung"' in done.stderr
