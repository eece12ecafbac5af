"""What the trace list is asked for: filter, project and cursor of the address, and the rows that they choose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import QuerySet, Subquery
from django.http import HttpRequest

from annotation.domain.traces import matching
from annotation.models import Project, Trace
from annotation.web.access import visible
from annotation.web.http import MemberRequest


@dataclass(frozen=True, slots=True)
class Choice:
    """The state of the trace list, as its address carries it."""

    filter: str = ""
    project: str = ""
    cursor: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Choice:
        """From the address, or from the hidden fields of a form."""
        given = request.POST if request.method == "POST" else request.GET
        return cls(*(given.get(name, "").strip() for name in ("filter", "project", "cursor")))

    def query(self) -> dict[str, str]:
        """Filter and project for another address; the cursor belongs to the list alone."""
        return {name: value for name, value in (("filter", self.filter), ("project", self.project)) if value}

    def link(self, *, cursor: str = "", **changes: str) -> str:
        """The query string of the list with some of it changed."""
        query = replace(self, **changes).query() | ({"cursor": cursor} if cursor else {})
        return f"?{urlencode(query)}" if query else "?"


def chosen(request: MemberRequest, choice: Choice, *, now: datetime) -> QuerySet[Trace]:
    """The traces that the filter and the project choose. Raises FilterError; evaluate inside `matching.bounded()`."""
    asked, among = asked_for(request, choice, now=now)
    return asked.traces(among)


def asked_for(request: MemberRequest, choice: Choice, *, now: datetime) -> tuple[matching.TraceFilter, QuerySet[Trace]]:
    """The filter, and the traces of the project among which it chooses. Raises FilterError."""
    asked = matching.compile(choice.filter, workspace=request.workspace, now=now)
    rows = visible(request, Trace)
    if not choice.project:
        return asked, rows
    project = visible(request, Project).filter(slug=choice.project)
    return asked, rows.filter(project=Subquery(project.values("pk")[:1]))
