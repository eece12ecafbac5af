"""Ringing for the sweep over settled traces, once in a while instead of for every request."""

import time

from annotation import jobs

#: A trace has to be quiet for seconds before it settles, so more rings than this only cost time.
_SECONDS_BETWEEN = 1.0

_last = {"ring": float("-inf")}


def ring_for_settling() -> None:
    """Ask for the sweep after commit, unless this process has just done so; the schedule rings as well."""
    now = time.monotonic()
    if now - _last["ring"] >= _SECONDS_BETWEEN:
        _last["ring"] = now
        jobs.enqueue(jobs.JobName.SETTLE_TRACES)
