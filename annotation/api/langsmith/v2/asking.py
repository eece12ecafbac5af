"""Which runs and traces a request of version 2 asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from annotation.api.langsmith import wire
from annotation.api.langsmith.errors import Refusal
from annotation.api.langsmith.runs import asking
from annotation.domain.traces.filters.errors import FilterError
from annotation.domain.traces.run_listing import Wanted

DEFAULT_WINDOW = timedelta(days=1)
_NOT_SERVED = ("ai_search", "sem_filter", "min_feedback_modified_at", "max_feedback_modified_at")


def size(value: Any, *, usual: int, most: int) -> int:
    """`page_size`. Raises 400."""
    return usual if value is None else wire.number(value, "page_size", least=1, most=most, status=400)


def window(body: Mapping[str, Any]) -> tuple[datetime, datetime | None]:
    """From when to when: the last day, unless told otherwise."""
    start = asking.moment(body, "min_start_time") or timezone.now() - DEFAULT_WINDOW
    return start, asking.moment(body, "max_start_time")


def served(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same body. Raises 501 for what would narrow the answer and is not known here, lest more come than was asked for."""
    if asked := next((name for name in _NOT_SERVED if body.get(name)), None):
        raise Refusal(501, f"{asked} is not supported here: use filter, trace_filter or tree_filter.")
    return body


def wanted(body: Mapping[str, Any]) -> Wanted:
    """The runs of `/runs/query`. Whoever names runs or a trace need not say when."""
    projects = asking.uuids(body, "project_ids")
    if not projects:
        raise Refusal(400, "project_ids has to name at least one project.")
    ids, trace = asking.uuids(body, "ids"), asking.uuid(body, "trace_id")
    is_named = bool(ids or trace)
    start, end = window(body)
    return Wanted(
        projects=projects,
        ids=ids,
        trace=trace,
        types=asking.types(body.get("run_type")),
        examples=asking.uuids(body, "reference_examples"),
        is_root=asking.truth(body, "is_root"),
        has_error=asking.truth(body, "has_error"),
        started_from=asking.moment(body, "min_start_time") if is_named else start,
        started_to=end,
        on_run=asking.filtered(body, "filter"),
        on_root=asking.filtered(body, "trace_filter"),
        in_tree=asking.filtered(body, "tree_filter"),
        now=timezone.now(),
    )


def project(body: Mapping[str, Any], name: str = "project_id") -> UUID:
    """The project that has to be named. Raises 400."""
    found = asking.uuid(body, name)
    if found is None:
        raise Refusal(400, f"{name} has to name a project.")
    return found


@contextmanager
def answered() -> Iterator[None]:
    """What takes too long, or cannot be carried out, becomes a refusal."""
    try:
        yield
    except FilterError as problem:
        raise asking.bad_filter("filter", problem) from problem
