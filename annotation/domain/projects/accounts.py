"""People's accounts: made by an invitation or at set-up; names, passwords and how to get back in without one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from annotation.domain import audit
from annotation.domain.addresses import absolute
from annotation.jobs import JobName, enqueue
from annotation.models import Membership, User, Workspace

ONE_MAIL_EVERY = timedelta(minutes=1)


class AddressTakenError(ValueError):
    """There is an account with this e-mail address."""

    def __init__(self) -> None:
        super().__init__("There is an account with this e-mail address: sign in with it first.")


class ForeignMemberError(PermissionError):
    """An account that reaches into workspaces of others is not one admin's to open."""

    def __init__(self) -> None:
        super().__init__(
            "This person is also in a workspace that you do not administer, so a link from you would open that too. "
            "They can ask for one by e-mail on the sign-in page."
        )


def register(*, email: str, name: str, password: str) -> User:
    """Make an account. Raises AddressTakenError."""
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name)
    except IntegrityError as problem:
        raise AddressTakenError from problem


def change_profile(*, user: User, name: str, theme: str) -> None:
    """Change how a person is called and how pages look to them."""
    user.name, user.theme = name, theme
    user.save(update_fields=["name", "theme"])


def change_password(*, user: User, password: str) -> None:
    """Set a new password; every session elsewhere and every open reset link ends with the old one."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        for membership in Membership.objects.filter(user=user).select_related("workspace"):
            audit.record("member.password_changed", by=user, workspace=membership.workspace, target=user)


def ask_for_reset(*, email: str) -> None:
    """Have a reset link sent to this address, if somebody has it.

    Looks nothing up, so that the answer takes as long for an unknown address as for a known one.
    """
    enqueue(JobName.SEND_PASSWORD_RESET, email=email.strip().lower())


def send_reset(*, email: str) -> None:
    """Mail the reset link, at most once a minute to one address."""
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None or not cache.add(f"password-reset:{user.pk}", 1, ONE_MAIL_EVERY.seconds):
        return
    text = (
        "Somebody asked for a new password for your account at traceapp. If that was you, choose one here:\n\n"
        f"{absolute(reset_path(user))}\n\n"
        "The link works once, for three days. If it was not you, there is nothing to do: your password is unchanged.\n"
    )
    send_mail("Choose a new password for traceapp", text, None, [user.email])


def reset_path(user: User) -> str:
    """The path of a page on which the person chooses a new password, once."""
    who = urlsafe_base64_encode(force_bytes(user.uuid))
    return f"/password/reset/{who}/{default_token_generator.make_token(user)}/"


def user_of_reset(who: str, token: str) -> User | None:
    """The person that a reset link belongs to; None once it was used, has expired, or never was one."""
    try:
        uuid = UUID(urlsafe_base64_decode(who).decode("ascii"))
        user = User.objects.filter(uuid=uuid, is_active=True).first()
    except ValueError:
        return None
    return user if user is not None and default_token_generator.check_token(user, token) else None


def make_reset_link(*, user: User, workspace: Workspace, by: User) -> str:
    """The path of a reset link that an admin hands to a member in person. Raises ForeignMemberError."""
    administered = Membership.objects.filter(user=by, role=Membership.Role.ADMIN).values("workspace")
    if Membership.objects.filter(user=user).exclude(workspace__in=administered).exists():
        raise ForeignMemberError
    audit.record("member.reset_link_made", by=by, workspace=workspace, target=user)
    return reset_path(user)
