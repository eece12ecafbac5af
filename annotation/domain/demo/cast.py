"""The people of the demo: roles instead of names, and a password that only this installation has."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password

from annotation.domain.projects import members
from annotation.models import Membership, User, Workspace

Role = Membership.Role
DOMAIN = "demo.example"


@dataclass(frozen=True, slots=True)
class Part:
    """One account of the demo."""

    word: str
    name: str
    role: str

    @property
    def email(self) -> str:
        """The address to sign in with; nothing is ever sent there."""
        return f"{self.word}@{DOMAIN}"


PARTS = (
    Part("admin", "Admin", Role.ADMIN),
    Part("editor", "Editor", Role.EDITOR),
    Part("reviewer1", "Reviewer 1", Role.REVIEWER),
    Part("reviewer2", "Reviewer 2", Role.REVIEWER),
    Part("reviewer3", "Reviewer 3", Role.REVIEWER),
    Part("viewer", "Viewer", Role.VIEWER),
)


@dataclass(frozen=True, slots=True)
class Cast:
    """The accounts by what they do."""

    admin: User
    editor: User
    reviewers: tuple[User, ...]


def password() -> str:
    """The one password of all demo accounts: follows from the secret key, so no two installations share it."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"traceapp demo accounts", hashlib.sha256)
    word = base64.b32encode(digest).decode().lower()
    return f"demo-{word[:5]}-{word[5:10]}"


def engage() -> dict[str, User]:
    """The accounts by their word, made where they are missing, all with the password of this installation."""
    known = {user.email: user for user in User.objects.filter(email__in=[part.email for part in PARTS])}
    first = known.get(PARTS[0].email)
    chosen = password()
    is_current = len(known) == len(PARTS) and first is not None and first.check_password(chosen)
    if not is_current:
        hashed = make_password(chosen)  # slow on purpose, so once for all
        known = {part.email: _account(part, hashed) for part in PARTS}
    return {part.word: known[part.email] for part in PARTS}


def _account(part: Part, hashed: str) -> User:
    user, _ = User.objects.update_or_create(
        email=part.email, defaults={"password": hashed}, create_defaults={"name": part.name, "password": hashed}
    )
    return user


def join(workspace: Workspace, users: dict[str, User]) -> Cast:
    """Make the accounts members, with their roles."""
    for part in PARTS:
        members.add(workspace=workspace, user=users[part.word], role=part.role, by=users["admin"])
    reviewers = tuple(users[part.word] for part in PARTS if part.role == Role.REVIEWER)
    return Cast(users["admin"], users["editor"], reviewers)
