"""Projects: the streams of traces of a workspace."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from annotation.domain import audit
from annotation.domain.projects.slugs import slug_for
from annotation.models import Project, User, Workspace


class ProjectNameTakenError(ValueError):
    """Another project of the workspace has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a project called {name} already: choose another name.")


def create(*, workspace: Workspace, name: str, by: User | None, description: str = "") -> Project:
    """Make a project; its slug follows from the name. Raises ProjectNameTakenError."""
    try:
        with transaction.atomic():
            project = Project.objects.create(
                workspace=workspace, name=name, slug=_free_slug(workspace, name), description=description
            )
            audit.record("project.created", by=by, workspace=workspace, target=project)
    except IntegrityError as problem:
        raise ProjectNameTakenError(name) from problem
    return project


def change(*, project: Project, name: str, description: str, by: User) -> None:
    """Change the name or the description; the slug stays, filters and links use it. Raises ProjectNameTakenError."""
    detail = {"from": Project.objects.values_list("name", flat=True).get(pk=project.pk), "to": name}
    project.name, project.description = name, description
    try:
        with transaction.atomic():
            project.save(update_fields=["name", "description"])
            audit.record("project.changed", by=by, workspace=project.workspace, target=project, detail=detail)
    except IntegrityError as problem:
        raise ProjectNameTakenError(name) from problem


def _free_slug(workspace: Workspace, name: str) -> str:
    taken = Project.objects.filter(workspace=workspace)
    return slug_for(name, is_taken=lambda slug: taken.filter(slug=slug).exists(), fallback="project")
