"""Who calls the REST interface: a program with a key, or a member with the session of the pages."""

from __future__ import annotations

from typing import cast

import structlog
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.request import Request

from annotation.api.errors import ApiError
from annotation.domain.access import Actor, member_actor
from annotation.domain.projects import keys
from annotation.models import Membership, User

KEY_HEADER = "x-api-key"
_KEY_IN_META = f"HTTP_{KEY_HEADER.upper().replace('-', '_')}"
WORKSPACE_HEADER = "x-traceapp-workspace"


class KeyAuthentication(BaseAuthentication):
    """`x-api-key: ta_…` or `Authorization: Bearer ta_…`; `request.auth` is the key's Actor."""

    def authenticate(self, request: Request) -> tuple[User | None, Actor] | None:
        """The maker and the key's Actor; None when no key was sent."""
        token = request.META.get(_KEY_IN_META, "").strip() or _bearer(request)
        if not token:
            return None
        try:
            actor = keys.authenticate(token, now=timezone.now())
        except keys.KeyRefusedError as refusal:
            raise AuthenticationFailed(str(refusal), "invalid_key") from refusal
        _name_in_logs(actor)
        return actor.person, actor

    def authenticate_header(self, _request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="traceapp"'


class MemberAuthentication(SessionAuthentication):
    """The session of the pages, with their CSRF token for everything that changes something."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """The member and their Actor; None without a session."""
        known = super().authenticate(request)
        if known is None:
            return None
        user = cast("User", known[0])
        actor = member_actor(_membership(request, user))
        _name_in_logs(actor)
        return user, actor


def _name_in_logs(actor: Actor) -> None:
    structlog.contextvars.bind_contextvars(workspace_id=actor.workspace.pk, key_id=actor.key.pk if actor.key else None)


def _bearer(request: Request) -> str:
    kind, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _membership(request: Request, user: User) -> Membership:
    """The workspace that the request names, else the only one of the person."""
    memberships = Membership.objects.select_related("workspace", "user").filter(user=user).order_by("workspace__slug")
    slug = request.headers.get(WORKSPACE_HEADER) or request.query_params.get("workspace")
    chosen = list(memberships.filter(workspace__slug=slug) if slug else memberships)
    if not chosen:
        raise NotFound("There is no such workspace, or you are not in it." if slug else "You are in no workspace.")
    if len(chosen) > 1:
        slugs = ", ".join(one.workspace.slug for one in chosen)
        raise ApiError(
            "workspace_needed",
            "You are in several workspaces.",
            hint=f"Name one in the header `{WORKSPACE_HEADER}`: {slugs}.",
        )
    return chosen[0]
