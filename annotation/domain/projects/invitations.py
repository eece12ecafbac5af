"""Invitations: a link, good once and for two weeks, with which somebody joins a workspace."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from annotation.domain import audit
from annotation.domain.projects import accounts, members
from annotation.models import Invitation, Membership, User, Workspace

GOOD_FOR = timedelta(days=14)


class InvitationGoneError(LookupError):
    """The link opens nothing: used, withdrawn, replaced by a newer one, or too old."""


class AlreadyMemberError(ValueError):
    """The address belongs to a member of the workspace."""

    def __init__(self, email: str) -> None:
        super().__init__(f"{email} is a member already: change the role in the list instead.")


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation with the token of its link, which is never to be seen again."""

    invitation: Invitation
    token: str


def open_invitations(workspace: Workspace) -> QuerySet[Invitation]:
    """Those that nobody has accepted yet, newest first, the outdated among them."""
    waiting = Invitation.objects.filter(workspace=workspace, accepted_at=None)
    return waiting.select_related("invited_by").order_by("-created_at", "-id")


def invite(*, workspace: Workspace, email: str, role: str, by: User, now: datetime) -> NewInvitation:
    """Make a link for this address; it replaces an open one. Raises AlreadyMemberError."""
    email, role, token = email.strip().lower(), Membership.Role(role).value, secrets.token_urlsafe(30)
    if Membership.objects.filter(workspace=workspace, user__email=email).exists():
        raise AlreadyMemberError(email)
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)  # two admins may invite the same person at once
        Invitation.objects.filter(workspace=workspace, email=email, accepted_at=None).delete()
        invitation = Invitation.objects.create(
            workspace=workspace,
            email=email,
            role=role,
            token_hash=_hash_of(token),
            invited_by=by,
            expires_at=now + GOOD_FOR,
        )
        audit.record("member.invited", by=by, workspace=workspace, target=invitation, detail={"role": role})
    return NewInvitation(invitation, token)


def withdraw(*, invitation: Invitation, by: User) -> None:
    """Make the link useless."""
    with transaction.atomic():
        audit.record("invitation.withdrawn", by=by, workspace=invitation.workspace, target=invitation)
        Invitation.objects.filter(pk=invitation.pk, accepted_at=None).delete()


def open_one(token: str, *, now: datetime) -> Invitation:
    """The invitation behind a link. Raises InvitationGoneError."""
    waiting = Invitation.objects.select_related("workspace", "invited_by").filter(accepted_at=None, expires_at__gt=now)
    found = waiting.filter(token_hash=_hash_of(token)).first()
    if found is None:
        raise InvitationGoneError
    return found


def accept(*, token: str, by: User, now: datetime) -> Membership:
    """Join the workspace of the link. Raises InvitationGoneError."""
    with transaction.atomic():
        invitation = open_one(token, now=now)
        taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=now, accepted_by=by)
        if not taken:
            raise InvitationGoneError
        return members.add(workspace=invitation.workspace, user=by, role=invitation.role, by=by)


def accept_as_new(*, token: str, name: str, password: str, now: datetime) -> Membership:
    """Make an account for the invited address and join. Raises InvitationGoneError, accounts.AddressTakenError."""
    with transaction.atomic():
        invitation = open_one(token, now=now)
        user = accounts.register(email=invitation.email, name=name, password=password)
        return accept(token=token, by=user, now=now)


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
