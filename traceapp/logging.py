"""Logging: one JSON object a line, never a payload or a key."""

from typing import Any


def configuration(level: str) -> dict[str, Any]:
    """The standard library's logging configuration at `level` (such as "INFO")."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["console"], "level": level},
    }
