"""Whether everything that an installation consists of is there: database, Redis, worker, scheduler."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

WORKER = "worker"
SCHEDULER = "scheduler"

_LIFETIME_SECONDS = {WORKER: 30, SCHEDULER: 180}
"""How long after its last beat a part counts as alive; the scheduler's beat waits behind other tasks."""


@dataclass(frozen=True, slots=True)
class Health:
    """`parts`: name of each part and "ok", or what is the matter with it."""

    parts: dict[str, str]

    @property
    def is_ready(self) -> bool:
        """Whether every part is there."""
        return all(state == "ok" for state in self.parts.values())


def beat(part: str) -> None:
    """Note that `part` (WORKER or SCHEDULER) is alive now."""
    cache.set(_key(part), "ok", timeout=_LIFETIME_SECONDS[part])


def forget() -> None:
    """Wait for new beats from now on, as after a restart."""
    cache.delete_many([_key(part) for part in _LIFETIME_SECONDS])


def check() -> Health:
    """Ask every part."""
    return Health({"database": _database(), **_redis_and_beats()})


def _key(part: str) -> str:
    return f"beat:{part}"


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return "ok"


def _redis_and_beats() -> dict[str, str]:
    try:
        beats = cache.get_many([_key(part) for part in _LIFETIME_SECONDS])
    except RedisError:
        return {"redis": "does not answer", **dict.fromkeys(_LIFETIME_SECONDS, "unknown without Redis")}
    return {"redis": "ok", **{part: beats.get(_key(part), "no heartbeat") for part in _LIFETIME_SECONDS}}
