"""The taxonomy of failures of a project: coined while reading, named better and defined later."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from annotation.domain import audit
from annotation.models import FailureMode, Project, User


class NameTakenError(ValueError):
    """Another failure mode of the project has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a failure mode called {name} already in this project: choose another name.")


def coin(*, project: Project, name: str, by: User | None) -> FailureMode:
    """The failure mode of this name, whatever its case, made if need be; a merged one gives what it became."""
    name = " ".join(name.split())
    found = FailureMode.objects.filter(project=project, name__iexact=name).select_related("merged_into").first()
    if found is not None:
        return found.merged_into or found
    try:
        with transaction.atomic():
            made = FailureMode.objects.create(project=project, name=name, created_by=by)
            audit.record("failure_mode.coined", by=by, workspace=project.workspace, target=made)
    except IntegrityError:  # somebody coined it at the same moment
        return FailureMode.objects.get(project=project, name__iexact=name)
    return made


def change(*, mode: FailureMode, name: str, definition: str, by: User) -> None:
    """Give a failure mode another name or definition; what is labelled with it stays labelled. Raises NameTakenError."""
    name, former = " ".join(name.split()), mode.name
    mode.name, mode.definition = name, definition
    try:
        with transaction.atomic():
            mode.save(update_fields=["name", "definition"])
            detail = {"from": former, "to": name}
            audit.record("failure_mode.changed", by=by, workspace=mode.project.workspace, target=mode, detail=detail)
    except IntegrityError as problem:
        raise NameTakenError(name) from problem
