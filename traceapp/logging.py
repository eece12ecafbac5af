"""Logging: one JSON object a line, with request, user, workspace and task ids; never a payload or a key.

Code logs events, not sentences: `structlog.get_logger(__name__).info("batch_stored", project_id=3, spans=120)`. What
`structlog.contextvars.bind_contextvars` binds during a request (say `workspace_id`) stands in all its lines, and in
those of the tasks that it rings for.
"""

import json
import logging
import re
from functools import lru_cache
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "(hidden)"

_SECRET = re.compile(
    r"password|secret|token|api_?key|authorization|cookie|payload|body|headers|kwargs|^args$", re.IGNORECASE
)
# PostgreSQL and psycopg name the offending values in these lines of an error.
_VALUES = re.compile(r"^(DETAIL|CONTEXT|LINE \d+): .*$", re.MULTILINE)


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace what a name gives away as a secret or as content, and the values that a database error quotes."""
    for name, value in event.items():
        if _is_secret(name):
            event[name] = HIDDEN
        elif isinstance(value, str) and ": " in value:
            event[name] = _VALUES.sub(rf"\1: {HIDDEN}", value)
        elif isinstance(value, BaseException):
            event[name] = type(value).__name__
    return event


@lru_cache(maxsize=1000)
def _is_secret(name: str) -> bool:
    return name != "event" and _SECRET.search(name) is not None


def _json(event: EventDict, **options: Any) -> str:
    """The line; for a value that is no JSON, what `default` makes of it."""
    try:
        return orjson.dumps(event, default=options["default"], option=orjson.OPT_NON_STR_KEYS).decode()
    except orjson.JSONEncodeError:  # half of a surrogate pair, or a number beyond all bounds
        return json.dumps(event, default=options["default"])


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    hide_secrets,
]


def configuration(level: str) -> dict[str, Any]:
    """The standard library's logging configuration at `level` (such as "INFO"); sets up structlog on the way."""
    # Where in the code, in which thread and process: the lines do not say it, and finding out takes a quarter of each.
    logging._srcfile = None  # noqa: SLF001 -- as the standard library's guide to logging says
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(_json),
        ],
        "foreign_pre_chain": _SHARED,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # The request and task lines of django-structlog say the same, with ids.
            "django.server": {"handlers": [], "propagate": False},
            "django.request": {"level": "ERROR"},
            "celery.app.trace": {"level": "CRITICAL"},
            "celery.worker.strategy": {"level": "WARNING"},
            "gunicorn.error": {"level": level, "propagate": True, "handlers": []},
            "gunicorn.access": {"level": "CRITICAL", "propagate": False, "handlers": []},
        },
    }
