"""Holds callers of the REST interface against the capability that each method of a view takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from annotation.domain.access import Actor, Capability, role_may, scopes_may
from annotation.models import ApiKey, Membership

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
    if actor.key:
        scopes = [scope for scope in ApiKey.Scope if any(scopes_may([scope], one) for one in any_of)]
        return f"The API key {actor.key.prefix}… does not allow this; it takes a key with the scope {_either(scopes)}."
    roles = [role for role in Membership.Role if any(role_may(role, one) for one in any_of)]
    if not roles:
        return "Members cannot do this; it takes an API key."
    return f"Your role in this workspace does not allow this; it takes the role {_either(roles)}."


def _either(names: Sequence[str]) -> str:
    return " or ".join(str(name) for name in names)
