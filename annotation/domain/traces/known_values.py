"""Values that a field of the filter language has had lately, for suggestions; bounded, never a scan."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import F, Func, QuerySet

from annotation.models import FailureMode, Project, Queue, Trace, Workspace

LOOKED_AT = 500
MOST = 40


def known_values(field: str, *, workspace: Workspace) -> list[str]:
    """Some values of the field in the workspace; none for fields without a short list of them."""
    read = _READERS.get(field)
    return sorted(set(read(workspace)))[:MOST] if read else []


def _latest(workspace: Workspace) -> QuerySet[Trace]:
    return Trace.objects.filter(workspace=workspace).order_by("-started_at", "-id")


def _column(name: str) -> Callable[[Workspace], list[str]]:
    return lambda workspace: [value for value in _latest(workspace).values_list(name, flat=True)[:LOOKED_AT] if value]


def _elements(name: str) -> Callable[[Workspace], list[str]]:
    def read(workspace: Workspace) -> list[str]:
        rows = _latest(workspace).annotate(element=Func(F(name), function="unnest"))
        return list(rows.values_list("element", flat=True)[:LOOKED_AT])

    return read


_READERS: dict[str, Callable[[Workspace], list[str]]] = {
    "project": lambda workspace: list(
        Project.objects.filter(workspace=workspace, deleted_at__isnull=True).values_list("slug", flat=True)[:MOST]
    ),
    "queue": lambda workspace: list(Queue.objects.filter(workspace=workspace).values_list("name", flat=True)[:MOST]),
    "label": lambda workspace: list(
        FailureMode.objects.filter(project__workspace=workspace).values_list("name", flat=True)[:LOOKED_AT]
    ),
    "name": _column("name"),
    "user": _column("user_id"),
    "model": _elements("model_names"),
    "tag": _elements("tags"),
}
