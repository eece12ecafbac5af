"""A person's own keys for the review page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotation.domain.projects import own_keys
from annotation.web.access import signed_in
from annotation.web.http import UserRequest


@require_http_methods(["GET", "POST"])
@signed_in
def keys(request: UserRequest) -> HttpResponse:
    """The table of actions with their keys: changed together, or all brought back."""
    if request.method == "GET":
        return _page(request, own_keys.read(request.user.keys), {})
    if "reset" in request.POST:
        own_keys.change(user=request.user, keys={})
        messages.success(request, "All keys are as they were made.")
        return redirect("profile-keys")
    typed = {action.key: request.POST.get(f"key-{action.key}", "") for action in own_keys.ACTIONS}
    moved, problems = own_keys.moved(typed)
    if problems:
        return _page(request, typed, problems, status=422)
    own_keys.change(user=request.user, keys=moved)
    messages.success(request, "Your keys are saved. On the review page, ? shows them.")
    return redirect("profile-keys")


def _page(request: UserRequest, own: dict[str, str], problems: dict[str, str], *, status: int = 200) -> HttpResponse:
    rows = [(action, own.get(action.key, ""), problems.get(action.key, "")) for action in own_keys.ACTIONS]
    return render(request, "account/keys.html", {"rows": rows, "has_problems": bool(problems)}, status=status)
