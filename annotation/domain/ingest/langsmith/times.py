"""Times of the protocol, to the microsecond, and the order of runs that is written out of them.

A `dotted_order` is the way from the root to a run, each step `20240919T171648037363Z` and the run's id, joined by dots;
sorted as text, the runs of a trace stand in the order of their execution.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from annotation.domain.ingest.mapping import LAST_NS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP = re.compile(r"(\d{8}T\d{6})(\d{0,9})Z?([0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12})")


def nanoseconds(value: Any) -> int | None:
    """An ISO time (without zone: UTC) or a number of seconds or milliseconds since 1970, as whole microseconds in
    nanoseconds; None for anything else and for times that no clock shows.
    """
    if isinstance(value, str):
        return _within(_of_text(value.strip()))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    seconds = value / 1000 if abs(value) > 1e11 else value
    return _within(round(seconds * 1e6) * 1000) if abs(seconds) < 1e10 else None


def _within(found: int | None) -> int | None:
    return found if found is not None and 0 < found <= LAST_NS else None


def _of_text(text: str) -> int | None:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1) * 1000


def steps(dotted_order: str) -> list[tuple[int, UUID]]:
    """The steps from the root to the run, each (start in nanoseconds, id); none if it is not a dotted order."""
    found = [_step(step) for step in dotted_order.split(".")]
    return [step for step in found if step] if all(found) else []


def _step(text: str) -> tuple[int, UUID] | None:
    match = _STEP.fullmatch(text)
    if not match:
        return None
    try:
        second = datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    fraction = int(match[2].ljust(6, "0")[:6])
    started = _within(((second - _EPOCH) // timedelta(seconds=1) * 1_000_000 + fraction) * 1000)
    return (started, UUID(match[3])) if started else None


def dotted_order(path: Sequence[tuple[int, UUID]]) -> str:
    """The reverse of `steps`."""
    return ".".join(f"{_EPOCH + timedelta(microseconds=ns // 1000):%Y%m%dT%H%M%S%f}Z{run}" for ns, run in path)
