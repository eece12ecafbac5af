"""One address, two protocols: `/api/v1/feedback` answers each caller in the one that it speaks.

The SDKs of LangSmith name themselves. Who writes the requests by hand is known by parameters that only that protocol
has. Everybody else gets our own interface, whose contract this leaves alone.
"""

from __future__ import annotations

import orjson
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from annotation.api.langsmith import callers
from annotation.api.langsmith.feedback.views import FeedbackListView
from annotation.api.v1.views import feedback as own

_PARAMETERS = frozenset({
    "run", "session", "level", "user", "offset", "has_comment", "has_score", "min_created_at", "max_created_at",
    "include_user_names", "comparative_experiment_id",
})  # fmt: skip
_FIELDS = frozenset({"feedback_source", "feedback_config", "session_id", "feedback_group_id"})
_IN_BYTES = [name.encode() for name in _FIELDS]
_MOST_LOOKED_AT = 1 << 16
"""Bytes: one feedback is short, and what is longer is a list of our own interface."""

_theirs, _ours = FeedbackListView.as_view(), own.FeedbackListView.as_view()


@csrf_exempt  # both views hold callers with a session against their token themselves
def feedback(request: HttpRequest) -> HttpResponseBase:
    """Answer in the caller's protocol."""
    return (_theirs if is_langsmith(request) else _ours)(request)


def is_langsmith(request: HttpRequest) -> bool:
    """Whether the caller speaks LangSmith's protocol: by its name, by a parameter, or by a field of its body."""
    if callers.names_itself(request):
        return True
    if request.method == "POST":
        return not _FIELDS.isdisjoint(_fields(request))
    return not _PARAMETERS.isdisjoint(request.GET)


def _fields(request: HttpRequest) -> list[str]:
    length = request.META.get("CONTENT_LENGTH", "")
    if not length.isascii() or not length.isdigit() or int(length) > _MOST_LOOKED_AT:
        return []
    if not any(name in request.body for name in _IN_BYTES):
        return []
    try:
        sent = orjson.loads(request.body)
    except ValueError:
        return []
    return list(sent) if isinstance(sent, dict) else []
