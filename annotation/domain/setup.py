"""The first start of an installation: the first admin, workspace, project and key, made once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction

from annotation.domain.projects import accounts, keys, projects, workspaces
from annotation.models import ApiKey, Project, SetupLink, User, Workspace

_SHORTEST_KEY = 16
_SETTING_UP = 7_205_114  # any number: names the lock in the database


class BadWishError(ValueError):
    """What the environment asks for cannot be made; the message says what to change."""


class LinkGoneError(Exception):
    """The link was used, replaced by a newer one, or the installation is set up."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to make. `api_key` is a token to be known from the start; without one no key is made."""

    email: str
    password: str
    workspace: str = "Main"
    project: str = "default"
    api_key: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Wish | None:
        """Read TRACEAPP_INIT_…; None when no e-mail address is given. Raises BadWishError."""
        given = {
            name: environment[f"TRACEAPP_INIT_{name.upper()}"]
            for name in ("email", "password", "workspace", "project", "api_key")
            if environment.get(f"TRACEAPP_INIT_{name.upper()}")
        }
        if not given:
            return None
        if not {"email", "password"} <= set(given):
            raise BadWishError("Set both TRACEAPP_INIT_EMAIL and TRACEAPP_INIT_PASSWORD, or neither.")
        return cls(**given)


def is_done() -> bool:
    """Whether anybody is here."""
    return User.objects.exists()


def carry_out(wish: Wish, *, now: datetime, may_be_weak: bool = False) -> Workspace | None:
    """Make what is wished, whole or not at all; None, and nothing made, when somebody is here.

    `may_be_weak` lets an easy password or key pass: for an installation that only its own machine reaches. Raises
    BadWishError.
    """
    with transaction.atomic():
        _one_at_a_time()
        if is_done():
            return None
        _refuse_bad(wish, may_be_weak=may_be_weak)
        user = accounts.register(email=wish.email, name="", password=wish.password)
        return _furnish(wish, by=user, now=now)


def new_link() -> str:
    """The token of a fresh one-time link; older ones no longer work."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        SetupLink.objects.all().delete()
        SetupLink.objects.create(token_hash=_hash(token))
    return token


def is_open(token: str) -> bool:
    """Whether the link still works."""
    return not is_done() and SetupLink.objects.filter(token_hash=_hash(token), used_at=None).exists()


def use_link(token: str, wish: Wish, *, name: str, now: datetime) -> tuple[User, Workspace]:
    """Set up by the link, which is gone afterwards. Raises LinkGoneError, BadWishError."""
    with transaction.atomic():
        _one_at_a_time()
        if not is_open(token):
            raise LinkGoneError
        _refuse_bad(wish, may_be_weak=False)
        SetupLink.objects.filter(token_hash=_hash(token)).update(used_at=now)
        user = accounts.register(email=wish.email, name=name, password=wish.password)
        return user, _furnish(wish, by=user, now=now)


def _furnish(wish: Wish, *, by: User, now: datetime) -> Workspace:
    workspace = workspaces.create(name=wish.workspace, by=by)
    known = Project.objects.filter(workspace=workspace, name=wish.project, deleted_at__isnull=True).first()
    project = known or projects.create(workspace=workspace, name=wish.project, by=by)
    if wish.api_key:
        keys.create(
            workspace=workspace,
            name="First key",
            scopes=ApiKey.Scope.values,
            by=by,
            now=now,
            project=project,
            is_confined=False,
            token=wish.api_key,
        )
    return workspace


def _refuse_bad(wish: Wish, *, may_be_weak: bool) -> None:
    try:
        validate_email(wish.email)
        if not may_be_weak:
            validate_password(wish.password, User(email=wish.email))
    except ValidationError as problem:
        raise BadWishError(f"The first admin cannot be made: {' '.join(problem.messages)}") from problem
    if wish.api_key and len(wish.api_key) < _SHORTEST_KEY and not may_be_weak:
        raise BadWishError(f"TRACEAPP_INIT_API_KEY is too easy to guess: take {_SHORTEST_KEY} characters or more.")


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SETTING_UP])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
