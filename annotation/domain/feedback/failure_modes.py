"""The failure modes of a project, as they are coined while reading. What is made of them later is in `taxonomy`."""

from __future__ import annotations

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower

from annotation.domain import audit
from annotation.models import FailureMode, Project, User


def coin(*, project: Project, name: str, by: User | None) -> FailureMode:
    """The failure mode of this name, whatever its case, made if need be; a merged or former name gives what it became.

    Until the transaction has ended nobody can merge or rename it, so whatever is labelled with it is carried along later.
    """
    name = " ".join(name.split())
    with transaction.atomic():
        stay(project_id=project.pk)
        return _known(project, name) or _made(project, name, by)


def named(*, project_id: int, name: str) -> QuerySet[FailureMode]:
    """The failure mode of this name, whatever its case, merged or not."""
    return FailureMode.objects.alias(lower=Lower("name")).filter(project=project_id, lower=Lower(Value(name)))


def stay(*, project_id: int) -> None:
    """Hold off changes of the project's taxonomy until the transaction has ended; any number may."""
    _lock("pg_advisory_xact_lock_shared", project_id)


def change_alone(*, project_id: int) -> None:
    """Wait for everybody who is labelling in the project, and hold them off until the transaction has ended."""
    _lock("pg_advisory_xact_lock", project_id)


def _lock(function: str, project_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [f"taxonomy:{project_id}"])


def _known(project: Project, name: str) -> FailureMode | None:
    found = named(project_id=project.pk, name=name).select_related("merged_into").first()
    return (found.merged_into or found) if found else None


def _made(project: Project, name: str, by: User | None) -> FailureMode:
    try:
        with transaction.atomic():
            made = FailureMode.objects.create(project=project, name=name, created_by=by)
            audit.record("failure_mode.coined", by=by, workspace=project.workspace, target=made)
    except IntegrityError:  # somebody coined it at the same moment
        return named(project_id=project.pk, name=name).get()
    return made
