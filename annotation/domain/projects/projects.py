"""Projects: the streams of traces of a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from annotation.domain import audit
from annotation.domain.projects.slugs import slug_for
from annotation.models import Dataset, Project, User, Workspace


class ProjectNameTakenError(ValueError):
    """Another project of the workspace has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a project called {name} already: choose another name.")


def create(
    *,
    workspace: Workspace,
    name: str,
    by: User | None,
    description: str = "",
    uuid: UUID | None = None,
    extra: Mapping[str, Any] | None = None,
    reference_dataset: Dataset | None = None,
) -> Project:
    """Make a project; its slug follows from the name. Raises ProjectNameTakenError, also for a `uuid` that is taken."""
    try:
        with transaction.atomic():
            project = Project.objects.create(
                uuid=uuid or uuid4(),
                workspace=workspace,
                name=name,
                slug=_free_slug(workspace, name),
                description=description,
                extra=dict(extra or {}),
                reference_dataset=reference_dataset,
            )
            audit.record("project.created", by=by, workspace=workspace, target=project)
    except IntegrityError as problem:
        raise ProjectNameTakenError(name) from problem
    return project


def change(
    *,
    project: Project,
    by: User | None,
    name: str | None = None,
    description: str | None = None,
    extra: Mapping[str, Any] | None = None,
    extra_keys: Mapping[str, Any] | None = None,
    ended_at: datetime | None = None,
    goes_on: bool = False,
) -> None:
    """Change what is given; the slug stays, filters and links use it. One that `goes_on` has not ended after all.

    `extra` takes the place of all that is known; of `extra_keys` each key is set, or taken out by None, and what others set
    meanwhile stays. Raises ProjectNameTakenError.
    """
    given = {"name": name, "description": description, "extra": extra, "ended_at": ended_at}
    changes: dict[str, Any] = {column: value for column, value in given.items() if value is not None}
    if goes_on:
        changes["ended_at"] = None
    if not changes and extra_keys is None:
        return
    try:
        with transaction.atomic():
            known = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
            if extra_keys is not None:
                changes["extra"] = _merged(known.extra, extra_keys)
            for column, value in changes.items():
                setattr(project, column, value)
            project.save(update_fields=list(changes))
            detail = {"from": known.name, "to": name or known.name}
            audit.record("project.changed", by=by, workspace=project.workspace, target=project, detail=detail)
    except IntegrityError as problem:
        raise ProjectNameTakenError(project.name) from problem


def _merged(known: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**known, **keys}.items() if value is not None}


def _free_slug(workspace: Workspace, name: str) -> str:
    taken = Project.objects.filter(workspace=workspace, deleted_at__isnull=True)
    return slug_for(name, is_taken=lambda slug: taken.filter(slug=slug).exists(), fallback="project")
