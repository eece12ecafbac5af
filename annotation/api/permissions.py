"""Holds callers of the REST interface against the capability that each method of a view takes."""

from __future__ import annotations

from collections.abc import Mapping

from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from annotation.domain.access import Actor, Capability

Needs = Mapping[str, Capability | tuple[Capability, ...]]


class Allowed(BasePermission):
    """Holds the caller against the view's `needs`; a method that it does not list is not there."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """405, 403 with the missing capability, or 401 for a stranger."""
        if not isinstance(request.auth, Actor):
            return False
        method = "GET" if request.method in {"HEAD", "OPTIONS"} else str(request.method)
        needs: Needs = getattr(view, "needs", {})
        if method not in needs:
            raise MethodNotAllowed(method)
        needed = needs[method]
        any_of = needed if isinstance(needed, tuple) else (needed,)
        if any(request.auth.may(capability) for capability in any_of):
            return True
        raise PermissionDenied(_why(request.auth, any_of))


def _why(actor: Actor, any_of: tuple[Capability, ...]) -> str:
    wanted = " or ".join(any_of)
    who = f"The API key {actor.key.prefix}…" if actor.key else "Your role in this workspace"
    return f"{who} does not allow this; it takes the capability {wanted}."
