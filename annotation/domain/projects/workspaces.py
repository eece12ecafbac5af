"""Workspaces: made by a person, who becomes the first admin."""

from __future__ import annotations

from django.db import transaction

from annotation.domain import audit
from annotation.domain.projects import registry
from annotation.domain.projects.slugs import slug_for
from annotation.models import Membership, User, Workspace


def create(*, name: str, by: User, slug: str | None = None) -> Workspace:
    """Make a workspace with `by` as its admin; without `slug` its address follows from the name.

    It has the project that traces go to which name none.
    """
    with transaction.atomic():
        workspace = Workspace.objects.create(name=name, slug=slug or _free_slug(name))
        Membership.objects.create(workspace=workspace, user=by, role=Membership.Role.ADMIN)
        registry.ensure(workspace_id=workspace.pk, names=[registry.DEFAULT_NAME])
        audit.record("workspace.created", by=by, workspace=workspace, target=workspace)
    return workspace


def rename(*, workspace: Workspace, name: str, by: User) -> None:
    """Change what the workspace is called; its address stays, so that links to it live on."""
    if name == workspace.name:
        return
    with transaction.atomic():
        detail = {"from": workspace.name, "to": name}
        workspace.name = name
        workspace.save(update_fields=["name"])
        audit.record("workspace.renamed", by=by, workspace=workspace, target=workspace, detail=detail)


def _free_slug(name: str) -> str:
    return slug_for(name, is_taken=lambda slug: Workspace.objects.filter(slug=slug).exists(), fallback="workspace")
