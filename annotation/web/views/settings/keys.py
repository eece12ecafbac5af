"""API keys: made, shown once, revoked."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotation.domain.access import Capability
from annotation.domain.projects import keys
from annotation.models import ApiKey
from annotation.web.access import found, member, visible
from annotation.web.forms.settings import KeyForm
from annotation.web.http import MemberRequest
from annotation.web.views.settings.sections import show, status_of


@never_cache
@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def key_list(request: MemberRequest) -> HttpResponse:
    """All keys; a new one's token stands on the page that answers its making, and never again."""
    form = KeyForm(request.POST if request.method == "POST" else None, workspace=request.workspace)
    made = _made(request, form) if form.is_bound and form.is_valid() else None
    if made is None:
        return _page(request, form, status=status_of(form))
    address = request.build_absolute_uri("/").rstrip("/")
    return _page(request, KeyForm(workspace=request.workspace), status=201, made=made, address=address)


@require_POST
@member(Capability.ADMINISTER)
def key_revoke(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Close a key for good."""
    key = found(request, ApiKey, uuid)
    keys.revoke(key=key, by=request.user, now=timezone.now())
    messages.success(request, f"Key {key.name} is revoked: programs with it are refused from now on.")
    return redirect("key-list", request.workspace.slug)


def _made(request: MemberRequest, form: KeyForm) -> keys.NewKey | None:
    given = dict(form.cleaned_data)
    day = given.pop("expires_at")
    end = timezone.make_aware(datetime.combine(day, time.max)) if day else None
    try:
        return keys.create(workspace=request.workspace, by=request.user, now=timezone.now(), expires_at=end, **given)
    except keys.BadKeyError as problem:
        form.add_error("expires_at", str(problem))
        return None


def _page(request: MemberRequest, form: KeyForm, *, status: int, **context: Any) -> HttpResponse:
    listed = visible(request, ApiKey).select_related("project", "created_by").order_by("-created_at", "-id")
    context |= {"form": form, "keys": listed, "now": timezone.now()}
    return show(request, "key-list", "settings/keys.html", context, status=status)
