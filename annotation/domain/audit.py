"""The append-only record of administrative acts, written by the commands themselves in their transaction."""

from __future__ import annotations

from typing import Any, Protocol

from django.db.models import QuerySet

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
        **(_named(target) if target else {}),
        target=str(target)[:254] if target else "",
        detail=detail or {},
    )


def of(target: Target, *actions: str) -> QuerySet[AuditEvent]:
    """When these things were done to it, the latest first."""
    return AuditEvent.objects.filter(**_named(target), action__in=actions).order_by("-id")


def _named(target: Target) -> dict[str, str]:
    kind, outside = type(target).__name__.lower(), getattr(target, "uuid", None)
    return {"target_kind": kind, "target_id": str(outside or target.pk)}
