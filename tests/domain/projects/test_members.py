"""Members, invitations and accounts."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from annotation.domain.projects import accounts, invitations, members, workspaces
from annotation.models import AuditEvent, Invitation, Membership, Queue, User
from tests.fixtures.people import MakeUser, People

pytestmark = pytest.mark.django_db
Role = Membership.Role


def _membership(people: People, user: User) -> Membership:
    return Membership.objects.get(workspace=people.workspace, user=user)


def _actions() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("id").values_list("action", "target"))


def test_a_role_changes_and_is_audited(people: People) -> None:
    members.change_role(membership=_membership(people, people.viewer), role=Role.EDITOR, by=people.admin)
    assert _membership(people, people.viewer).role == "editor"
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.target) == ("member.role_changed", "admin@example.com", "viewer")
    assert event.detail == {"from": "viewer", "to": "editor"}


def test_the_last_admin_stays(people: People, make_user: MakeUser) -> None:
    last = _membership(people, people.admin)
    with pytest.raises(members.LastAdminError):
        members.change_role(membership=last, role=Role.EDITOR, by=people.admin)
    with pytest.raises(members.LastAdminError):
        members.remove(membership=last, by=people.admin)
    second = make_user("second", people.workspace, Role.ADMIN)
    User.objects.filter(pk=second.pk).update(is_active=False)
    with pytest.raises(members.LastAdminError):
        members.remove(membership=last, by=people.admin)
    User.objects.filter(pk=second.pk).update(is_active=True)
    members.remove(membership=last, by=people.admin)
    assert [one.user for one in members.members_of(people.workspace) if one.role == Role.ADMIN] == [second]


def test_who_leaves_is_taken_off_the_queues(people: People) -> None:
    queue = Queue.objects.create(workspace=people.workspace, name="Refunds", is_open_to_all=False)
    queue.reviewers.add(people.reviewer, people.editor)
    members.remove(membership=_membership(people, people.reviewer), by=people.admin)
    assert list(queue.reviewers.all()) == [people.editor]


def test_an_invitation_lets_one_person_in_once(people: People, make_user: MakeUser) -> None:
    now, guest = timezone.now(), make_user("guest")
    made = invitations.invite(
        workspace=people.workspace, email=" Guest@Example.com ", role=Role.EDITOR, by=people.admin, now=now
    )
    assert made.token not in str(vars(made.invitation))
    joined = invitations.accept(token=made.token, by=guest, now=now)
    assert (joined.workspace, joined.role) == (people.workspace, "editor")
    with pytest.raises(invitations.InvitationGoneError):
        invitations.accept(token=made.token, by=people.outsider, now=now)
    assert _actions() == [
        ("member.invited", "guest@example.com"),
        ("member.added", "guest"),
    ]


def test_an_invitation_ends_by_time_withdrawal_or_a_newer_one(people: People) -> None:
    now = timezone.now()

    def invite() -> invitations.NewInvitation:
        return invitations.invite(
            workspace=people.workspace, email="new@example.com", role=Role.VIEWER, by=people.admin, now=now
        )

    first, second = invite(), invite()
    with pytest.raises(invitations.InvitationGoneError):
        invitations.open_one(first.token, now=now)
    assert invitations.open_one(second.token, now=now) == second.invitation
    with pytest.raises(invitations.InvitationGoneError):
        invitations.open_one(second.token, now=now + timedelta(days=14))
    invitations.withdraw(invitation=second.invitation, by=people.admin)
    assert not Invitation.objects.exists()


def test_a_member_is_not_invited_again(people: People) -> None:
    with pytest.raises(invitations.AlreadyMemberError, match="is a member already"):
        invitations.invite(
            workspace=people.workspace,
            email="VIEWER@example.com",
            role=Role.ADMIN,
            by=people.admin,
            now=timezone.now(),
        )


def test_an_admin_opens_no_account_that_reaches_elsewhere(people: People) -> None:
    assert accounts.make_reset_link(user=people.viewer, workspace=people.workspace, by=people.admin)
    Membership.objects.create(workspace=people.elsewhere, user=people.viewer, role=Role.VIEWER)
    with pytest.raises(accounts.ForeignMemberError):
        accounts.make_reset_link(user=people.viewer, workspace=people.workspace, by=people.admin)


def test_a_reset_is_mailed_once_a_minute_and_only_to_people(people: People) -> None:
    cache.clear()
    for email in ("viewer@example.com", "viewer@example.com", "nobody@example.com"):
        accounts.send_reset(email=email)
    assert [message.to for message in mail.outbox] == [["viewer@example.com"]]
    found = re.search(r"http://testserver/password/reset/(\S+)/(\S+)/", str(mail.outbox[0].body))
    assert found is not None
    assert accounts.user_of_reset(*found.groups()) == people.viewer


def test_a_reset_link_works_once(people: People) -> None:
    who, token = accounts.reset_path(people.viewer).strip("/").split("/")[-2:]
    assert accounts.user_of_reset(who, token) == people.viewer
    assert accounts.user_of_reset(who, token[:-1] + "x") is None
    accounts.change_password(user=people.viewer, password="quite another one")
    assert accounts.user_of_reset(who, token) is None


@pytest.mark.parametrize("who", ["", "x", "////", "w4k", "bm90IGEgdXVpZA"])
def test_a_broken_reset_link_is_nobodys(db: None, who: str) -> None:
    assert accounts.user_of_reset(who, "a-b") is None


def test_workspaces_of_one_name_get_addresses_of_their_own(people: People) -> None:
    made = [workspaces.create(name=name, by=people.viewer).slug for name in ("Acme", "Ácme!", "日本", "日本")]
    assert made == ["acme-2", "acme-3", "workspace", "workspace-2"]
