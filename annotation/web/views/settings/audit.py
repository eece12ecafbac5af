"""The audit log."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from annotation.domain.access import Capability
from annotation.domain.paging import BadCursorError, page
from annotation.models import AuditEvent
from annotation.web.access import member, visible
from annotation.web.forms.settings import AuditFilterForm
from annotation.web.http import MemberRequest
from annotation.web.replica import from_replica
from annotation.web.views.settings.sections import show

SIZE = 50


@require_GET
@member(Capability.ADMINISTER)
@from_replica
def audit_list(request: MemberRequest) -> HttpResponse:
    """Who did what, newest first, filtered by person, by kind of act and by day."""
    form = AuditFilterForm(request.GET)
    wanted = form.wanted() if form.is_valid() else {}
    events = visible(request, AuditEvent).filter(**wanted)
    try:
        found = page(events, order=("-id",), size=SIZE, cursor=request.GET.get("cursor"))
    except BadCursorError as problem:
        raise Http404 from problem
    rows = [(event, _words(event.detail)) for event in found.rows]
    context = {"form": form, "events": rows, "is_filtered": bool(wanted), "older": ""}
    if found.next_cursor:
        asked = {name: value for name, value in request.GET.items() if name in form.fields and value}
        context["older"] = urlencode({**asked, "cursor": found.next_cursor})
    return show(request, "audit-list", "settings/audit.html", context, status=200 if form.is_valid() else 422)


def _words(detail: dict[str, Any]) -> list[tuple[str, str]]:
    """What changed, without what is empty."""
    return [(name.replace("_", " "), _word(value)) for name, value in detail.items() if value not in (None, "", [])]


def _word(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
