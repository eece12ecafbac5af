"""What the throttle of sign-in asks of us: how an account is called, and what to say once it is closed for a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from annotation.domain import throttle


def account_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The e-mail address as accounts know it: another spelling must not start a new count."""
    given = (credentials or {}).get("username") or request.POST.get("username", "")
    return str(given).strip().lower()[:254]


def client_address(request: HttpRequest) -> str | None:
    """Where the request comes from; behind a proxy that is not the proxy, or one person would shut an account for all."""
    return throttle.address(request.META)


def locked_out(
    request: HttpRequest, _response: HttpResponseBase | None, credentials: Mapping[str, Any] | None
) -> HttpResponse:
    """Say when to try again; the same for addresses that nobody has."""
    again_at = _again_at(account_name(request, credentials))
    page = render(request, "account/locked_out.html", {"again_at": again_at}, status=429)
    page["Retry-After"] = str(max(1, int((again_at - timezone.now()).total_seconds())))
    return page


def _again_at(name: str) -> datetime:
    pause = get_cool_off() or timedelta(minutes=15)
    attempts = AccessAttempt.objects.filter(username=name).order_by("-attempt_time")
    last = attempts.values_list("attempt_time", flat=True).first()
    return (last or timezone.now()) + pause
