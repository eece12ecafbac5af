"""The append-only record of administrative acts, written by the commands themselves in their transaction."""

from __future__ import annotations

from typing import Any, Protocol

from annotation.models import AuditEvent, User, Workspace


class Target(Protocol):
    """Anything with a primary key and a name to show."""

    pk: Any


def record(
    action: str,
    *,
    by: User | None,
    workspace: Workspace | None,
    target: Target | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append one event; `action` reads as noun and verb (`api_key.revoked`), `by=None` is the system itself.

    `detail` holds plain JSON values of what changed, never secrets and never content of traces.
    """
    AuditEvent.objects.create(
        workspace_id=workspace.pk if workspace else None,
        actor_id=by.pk if by else None,
        actor=by.email if by else "system",
        action=action,
        target_kind=type(target).__name__.lower() if target else "",
        target_id=str(getattr(target, "uuid", None) or target.pk) if target else "",
        target=str(target)[:254] if target else "",
        detail=detail or {},
    )
