"""API keys: made once, shown once, known by their hash, and what a program may do with one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from annotation.domain import audit
from annotation.domain.access import ROLE_CAPABILITIES, SCOPE_CAPABILITIES, Actor, Capability, Scope
from annotation.domain.projects import key_rows
from annotation.domain.projects.key_rows import KnownKey
from annotation.models import ApiKey, Project, User, Workspace

PREFIX = "ta_"
VISIBLE_CHARACTERS = 10
USE_IS_NOTED_EVERY = timedelta(minutes=1)
WITHOUT_A_PERSON = frozenset({Capability.INGEST, Capability.READ})
"""What a key goes on doing when the person that made it has left or was demoted."""

WITHIN_A_PROJECT = frozenset({Capability.INGEST, Capability.READ, Capability.GIVE_FEEDBACK})
"""What a key of one project may do at most: everything else reaches into the whole workspace."""


class KeyRefusedError(Exception):
    """The token opens nothing; the message says why, for the owner of the token."""


class BadKeyError(ValueError):
    """A key cannot be made so; the message says what to change."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key with its token, which is never to be seen again."""

    key: ApiKey
    token: str


def create(  # noqa: PLR0913 -- one act with all that is said about it
    *,
    workspace: Workspace,
    name: str,
    scopes: Collection[str],
    by: User | None,
    now: datetime,
    project: Project | None = None,
    is_confined: bool = True,
    expires_at: datetime | None = None,
    token: str | None = None,
) -> NewKey:
    """Make a key; with `is_confined` it may touch nothing but its project, without it sends there what names none.

    `token` only for an installation that is set up with a known one. Raises BadKeyError.
    """
    if project is not None and project.workspace_id != workspace.pk:
        raise BadKeyError("This project belongs to another workspace.")
    if not scopes or not set(scopes) <= set(Scope.values):
        raise BadKeyError(f"Choose at least one scope of: {', '.join(Scope.values)}.")
    if expires_at is not None and expires_at <= now:
        raise BadKeyError("This date has passed: choose one to come, or none.")
    token = token or new_token()
    with transaction.atomic():
        key = ApiKey.objects.create(
            workspace=workspace,
            project=project,
            is_confined=is_confined,
            name=name,
            prefix=token[: min(VISIBLE_CHARACTERS, len(token) // 4)],  # of a short one of one's own, less
            token_hash=hash_of(token),
            scopes=sorted(set(scopes)),
            created_by=by,
            expires_at=expires_at,
        )
        if project is not None and not Project.objects.filter(pk=project.pk, deleted_at=None).exists():
            raise BadKeyError("This project was deleted a moment ago.")
        detail = {
            "scopes": key.scopes,
            "project": project.slug if project else None,
            "is_confined": key.only_project is not None,
        }
        audit.record("api_key.created", by=by, workspace=workspace, target=key, detail=detail)
    return NewKey(key, token)


def revoke(*, key: ApiKey, by: User, now: datetime) -> None:
    """Close a key for good; a second time changes nothing."""
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now, revoked_by=by):
            audit.record("api_key.revoked", by=by, workspace=key.workspace, target=key)


def new_token() -> str:
    """`ta_` and 40 characters that need no quoting anywhere."""
    return PREFIX + secrets.token_urlsafe(30)


def hash_of(token: str) -> str:
    """SHA-256 in hex: a token has 240 random bits, so a slow password hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def authenticate_key(token: str, *, now: datetime) -> ApiKey:
    """The key behind a token, with its workspace, project and maker loaded. Raises KeyRefusedError."""
    return _known(token, now).key


def authenticate(token: str, *, now: datetime) -> Actor:
    """What the program with this token may do: its scopes; for what a person must answer for, no more than its maker now.

    Raises KeyRefusedError.
    """
    known = _known(token, now)
    key, granted = known.key, _granted(known.key)
    allowed = ROLE_CAPABILITIES[known.role] if known.role else frozenset[Capability]()
    return Actor(
        workspace=key.workspace,
        capabilities=granted & (allowed | WITHOUT_A_PERSON),
        person=key.created_by if known.role and granted - WITHOUT_A_PERSON else None,
        key=key,
        project=key.only_project,
    )


def _granted(key: ApiKey) -> frozenset[Capability]:
    granted = frozenset[Capability]().union(*(SCOPE_CAPABILITIES[scope] for scope in key.scopes))
    return granted & WITHIN_A_PROJECT if key.only_project else granted


def _known(token: str, now: datetime) -> KnownKey:
    found = key_rows.by_hash(hash_of(token))
    if found is None:
        raise KeyRefusedError("This API key is not known here. Copy the whole key, or make a new one in the settings.")
    key = found.key
    if key.revoked_at is not None:
        raise KeyRefusedError(f"The API key {key.prefix}… was revoked. Make a new one in the settings.")
    if key.expires_at is not None and key.expires_at <= now:
        raise KeyRefusedError(f"The API key {key.prefix}… has expired. Make a new one in the settings.")
    _note_use(key, now)
    return found


def _note_use(key: ApiKey, now: datetime) -> None:
    """Remember the last use, at most once a minute: a busy key must not fight over its own row."""
    if key.last_used_at is not None and now - key.last_used_at < USE_IS_NOTED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_IS_NOTED_EVERY)
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
