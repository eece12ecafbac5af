"""Suggestions of the filter bar."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotation.domain.access import Capability
from annotation.domain.traces.filters import suggest
from annotation.domain.traces.filters.fields import TRACE_FIELDS
from annotation.domain.traces.filters.printer import quoted
from annotation.domain.traces.filters.printer import value as written
from annotation.domain.traces.known_values import known_values
from annotation.web.access import member
from annotation.web.http import MemberRequest
from annotation.web.replica import from_replica

LONGEST = 2_000


@require_GET
@member(Capability.READ)
@from_replica
def filter_suggestions(request: MemberRequest) -> HttpResponse:
    """The options under the filter bar for the text typed so far (`?add=`)."""
    found = suggest.suggest(request.GET.get("add", "")[:LONGEST])
    values = known_values(found.field, workspace=request.workspace) if found.field else []
    fitting = [written(one) if one else quoted(one) for one in suggest.matching(values, found.begun)]
    options = [
        {"text": f"{found.head}{word}", "word": word, "about": _about(word)} for word in [*found.words, *fitting]
    ]
    return render(request, "traces/suggestions.html", {"options": options})


def _about(word: str) -> str:
    field = TRACE_FIELDS.get(word.partition(".")[0])
    return field.doc if field else ""
