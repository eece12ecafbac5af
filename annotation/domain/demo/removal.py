"""Takes the demo away: its workspace with everything in it, and the accounts that have nothing else."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef

from annotation.domain import audit
from annotation.domain.demo import cast as casting
from annotation.models import (
    AuditEvent,
    Dataset,
    Decision,
    Draft,
    Example,
    FailureMode,
    Feedback,
    Item,
    Membership,
    Queue,
    Review,
    Rule,
    Run,
    Trace,
    User,
    Workspace,
)


def remove() -> int:
    """Take away every workspace that is marked as a demo; how many there were. Other workspaces are not touched."""
    marked = list(Workspace.objects.filter(is_demo=True))
    with transaction.atomic():
        for workspace in marked:
            _empty(workspace)
            audit.record("workspace.deleted", by=None, workspace=None, target=workspace)
            AuditEvent.objects.filter(workspace_id=workspace.pk).delete()
            workspace.delete()
        _dismiss()
    return len(marked)


def _empty(workspace: Workspace) -> None:
    """Delete from the leaves to the root, so that nothing large is read into memory to be deleted."""
    Queue.objects.filter(workspace=workspace).update(rubric=None)
    Rule.objects.filter(workspace=workspace).update(current=None)
    for rows in (
        Example.objects.filter(dataset__workspace=workspace),
        Feedback.objects.filter(workspace=workspace),
        Draft.objects.filter(item__workspace=workspace),
        Review.every.filter(item__workspace=workspace),
        Item.objects.filter(workspace=workspace),
        Decision.objects.filter(revision__rule__workspace=workspace),
        Queue.objects.filter(workspace=workspace),
        Rule.objects.filter(workspace=workspace),
        Dataset.objects.filter(workspace=workspace),
        Run.objects.filter(workspace=workspace),
        Trace.objects.filter(workspace=workspace),
        FailureMode.objects.filter(project__workspace=workspace),
    ):
        rows.delete()


def _dismiss() -> None:
    """Delete the demo's accounts that are members of nothing else."""
    addresses = [part.email for part in casting.PARTS]
    member = Membership.objects.filter(user=OuterRef("pk"))
    User.objects.filter(~Exists(member), email__in=addresses).delete()
