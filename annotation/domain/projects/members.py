"""Members of a workspace and their roles; one admin always stays."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from annotation.domain import audit, locks
from annotation.domain.access import Capability, role_may
from annotation.models import Assignment, Membership, Queue, Reservation, User, Workspace


class LastAdminError(ValueError):
    """A workspace without an admin could never be changed again."""

    def __init__(self) -> None:
        super().__init__("This is the last admin of the workspace. Make somebody else an admin first.")


def members_of(workspace: Workspace) -> QuerySet[Membership]:
    """All members with their accounts, by e-mail."""
    return Membership.objects.filter(workspace=workspace).select_related("user").order_by("user__email")


def add(*, workspace: Workspace, user: User, role: str, by: User | None) -> Membership:
    """Make somebody a member; one who is already keeps the present role."""
    with transaction.atomic():
        membership, is_new = Membership.objects.get_or_create(workspace=workspace, user=user, defaults={"role": role})
        if is_new:
            audit.record("member.added", by=by, workspace=workspace, target=user, detail={"role": role})
    return membership


def change_role(*, membership: Membership, role: str, by: User) -> None:
    """Give a member another role. Raises LastAdminError, or ValueError for a role that does not exist."""
    role = Membership.Role(role).value
    with transaction.atomic():
        current = _locked(membership)
        if current.role == role:
            return
        _keep_an_admin(current)
        detail = {"from": current.role, "to": role}
        Membership.objects.filter(pk=current.pk).update(role=role)
        if not role_may(role, Capability.REVIEW):
            _free(current, Assignment)
        audit.record("member.role_changed", by=by, workspace=current.workspace, target=current.user, detail=detail)
    membership.role = role


def remove(*, membership: Membership, by: User) -> None:
    """End a membership: the person's queues and reserved items go free, their reviews stay. Raises LastAdminError."""
    with transaction.atomic():
        current = _locked(membership)
        _keep_an_admin(current)
        Queue.reviewers.through.objects.filter(queue__workspace=current.workspace, user=current.user).delete()
        _free(current, Reservation, Assignment)
        Membership.objects.filter(pk=current.pk).delete()
        detail = {"role": current.role}
        audit.record("member.removed", by=by, workspace=current.workspace, target=current.user, detail=detail)


def _locked(membership: Membership) -> Membership:
    """The membership as it is now; the workspace's row is locked, so that two admins cannot remove each other."""
    Workspace.objects.select_for_update(no_key=True).get(pk=membership.workspace_id)
    return Membership.objects.select_related("user", "workspace").get(pk=membership.pk)


def _free(membership: Membership, *seats: type[Reservation | Assignment]) -> None:
    """Give back the seats that the person has in queues of the workspace, among those who are taking and using them."""
    theirs = [seat.objects.filter(item__workspace=membership.workspace, reviewer=membership.user) for seat in seats]
    held = {item for rows in theirs for item in rows.values_list("item", "item__queue")}
    locks.under_policy(queue for _, queue in held)
    locks.items([item for item, _ in held])
    for rows in theirs:
        rows.delete()


def _keep_an_admin(membership: Membership) -> None:
    if membership.role != Membership.Role.ADMIN:
        return
    admins = Membership.objects.filter(
        workspace=membership.workspace_id, role=Membership.Role.ADMIN, user__is_active=True
    )
    if not admins.exclude(pk=membership.pk).exists():
        raise LastAdminError
