"""The end of a project: from one moment on nobody sees it and nothing goes into it, and a job deletes all that is in it.

Its row stays, without a name of its own: a request that had found the project before that moment stores what it acknowledges,
and the next night lets it go, as it would have gone a moment earlier.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import Exists, OuterRef

from annotation.domain import audit
from annotation.domain.retention import deletion
from annotation.domain.retention.deletion import DeletionPlan
from annotation.domain.work import jobs
from annotation.models import ApiKey, Job, Project, Trace, User


class ProjectInUseError(Exception):
    """API keys send to the project."""

    def __init__(self, keys: list[str]) -> None:
        named = ", ".join(keys[:5]) + (" and more" if len(keys) > 5 else "")
        super().__init__(f"API keys send to this project: {named}. Revoke them first, in the settings.")


def end(*, project: Project, by: User | None, now: datetime, rows: Literal["keep", "erase"] = "keep") -> Job | None:
    """End the project; whoever sends to its name afterwards makes a new one. The job that empties it, None if it had ended.

    `rows` says what becomes of dataset rows made from its traces. Raises ProjectInUseError.
    """
    with transaction.atomic():
        locked = Project.objects.select_for_update(of=("self",)).select_related("workspace").get(pk=project.pk)
        if locked.deleted_at is not None:
            return None
        keys = ApiKey.objects.filter(project=locked, revoked_at=None).exclude(expires_at__lte=now)
        if named := list(keys.order_by("name").values_list("name", flat=True)):
            raise ProjectInUseError(named)
        locked.deleted_at = now
        locked.save(update_fields=["deleted_at"])
        audit.record("project.deleted", by=by, workspace=locked.workspace, target=locked)
        plan = _plan(locked, now).model_copy(update={"rows": rows})
        return deletion.start(workspace=locked.workspace, plan=plan, by=by)


def start_late() -> int:
    """Make a job for every project that ended and holds traces which came at the same moment; how many."""
    late = Project.objects.filter(Exists(Trace.objects.filter(project=OuterRef("pk"))), deleted_at__isnull=False)
    made = 0
    for project in late.select_related("workspace").order_by("pk"):
        at_it = Job.objects.filter(workspace=project.workspace_id, kind=deletion.KIND, status__in=jobs.UNFINISHED)
        if project.deleted_at and not at_it.filter(plan__project_id=project.pk).exists():
            deletion.start(workspace=project.workspace, plan=_plan(project, project.deleted_at), by=None)
            made += 1
    return made


def _plan(project: Project, ended_at: datetime) -> DeletionPlan:
    return DeletionPlan(project_id=project.pk, project=project.name, until=ended_at)
