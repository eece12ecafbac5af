"""Takes a change of the taxonomy back, uses and drafts included."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from annotation.domain import audit
from annotation.domain.feedback import failure_modes
from annotation.domain.feedback.taxonomy import changes, drafts, driving
from annotation.domain.feedback.taxonomy.driving import Way
from annotation.domain.feedback.taxonomy.refusals import CarryingError, TaxonomyError
from annotation.models import FailureMode, TaxonomyChange, User

Kind = TaxonomyChange.Kind


def undo(*, change: TaxonomyChange, by: User, now: datetime) -> TaxonomyChange:
    """Put names, uses and drafts back as they were before; a use that somebody edited since stays as it is.

    Uses given since under the new name stay with it, but for those of a mode that was split off, which rejoin. Raises
    TaxonomyError while a later change of the same modes stands, or a job still carries.
    """
    with transaction.atomic():
        failure_modes.change_alone(project_id=change.project_id)
        rows = TaxonomyChange.objects.select_related("project__workspace", "mode", "other", "job")
        change = rows.get(pk=change.pk)
        _require_last(change)
        change.undone_by, change.undone_at = by, now
        change.save(update_fields=["undone_by", "undone_at"])
        _WAYS[Kind(change.kind)](change, by)
        told: dict[str, Any] = {name: value for name, value in change.detail.items() if name in {"from", "to"}}
        audit.record(
            f"failure_mode.{change.kind}_undone",
            by=by, workspace=change.project.workspace, target=change.mode or change, detail=told,
        )  # fmt: skip
    return change


def blocked_by(change: TaxonomyChange) -> TaxonomyChange | None:
    """The later change of the same failure modes that has to be undone first, if there is one."""
    about = [pk for pk in (change.mode_id, change.other_id) if pk]
    later = TaxonomyChange.objects.filter(Q(mode__in=about) | Q(other__in=about), project=change.project_id)
    return later.filter(pk__gt=change.pk, undone_at=None).order_by("-pk").first()


def _require_last(change: TaxonomyChange) -> None:
    if change.undone_at is not None:
        raise TaxonomyError("This change has been undone already.")
    if driving.is_carrying(change):
        raise CarryingError(str(change.mode))
    if later := blocked_by(change):
        raise TaxonomyError(f"“{later.detail.get('from')}” was {later.kind} later: undo that first.")


def _unname(change: TaxonomyChange, by: User) -> None:
    mode, detail = change.mode, change.detail
    assert mode is not None  # noqa: S101 -- a renaming has it
    if mode.name != detail["from"]:
        former = failure_modes.named(project_id=mode.project_id, name=detail["from"])
        former.filter(merged_into=mode, feedback=None).delete()
        if former.exclude(pk=mode.pk).exists():
            raise TaxonomyError(f"Another failure mode is called {detail['from']} by now: rename that one first.")
    mode.name, mode.definition = detail["from"], detail["definition_from"]
    mode.save(update_fields=["name", "definition"])
    drafts.put_back(detail.get("drafts", ()))
    changes.finish_naming(change, detail["to"], by)


def _unmerge(change: TaxonomyChange, by: User) -> None:
    mode, detail = change.mode, change.detail
    assert mode is not None  # noqa: S101 -- a merge has it
    FailureMode.objects.filter(pk=mode.pk).update(merged_into=None)
    FailureMode.objects.filter(pk__in=detail["followers"], merged_into=change.other_id).update(merged_into=mode)
    drafts.put_back(detail["drafts"])
    title = f"Undo the merge of “{detail['from']}” into “{detail['to']}”"
    driving.carry(change, Way.BACK, count=change.use_count, by=by, title=title)


def _unsplit(change: TaxonomyChange, by: User) -> None:
    mode, made = change.mode, change.other
    assert mode is not None  # noqa: S101 -- a split has both
    assert made is not None  # noqa: S101 -- as above
    FailureMode.objects.filter(Q(pk=made.pk) | Q(merged_into=made)).update(merged_into=mode)
    drafts.rename(project=change.project, old=made.name, new=mode.name)
    title = f"Undo the split of “{made}” off “{mode}”"
    driving.carry(change, Way.REJOIN, count=made.feedback.count(), by=by, title=title)


def _ungroup(change: TaxonomyChange, _by: User) -> None:
    """Modes that were grouped differently since stay there."""
    modes = FailureMode.objects.filter(uuid__in=change.detail["groups"], group=change.detail["to"])
    for mode in modes:
        mode.group = change.detail["groups"][str(mode.uuid)]
    FailureMode.objects.bulk_update(modes, ["group"])


_WAYS: dict[str, Callable[[TaxonomyChange, User], None]] = {
    Kind.RENAMED: _unname,
    Kind.MERGED: _unmerge,
    Kind.SPLIT: _unsplit,
    Kind.GROUPED: _ungroup,
}
