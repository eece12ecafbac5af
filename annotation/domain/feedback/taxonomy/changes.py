"""The changes of a taxonomy. Each holds off whoever labels in the project while it flips the names, and is noted.

After the flip a name gives what it became, so what is still to be carried only grows less.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from annotation.domain import audit
from annotation.domain.feedback import failure_modes
from annotation.domain.feedback.taxonomy import carrying, drafts, driving
from annotation.domain.feedback.taxonomy.driving import Way
from annotation.domain.feedback.taxonomy.refusals import CarryingError, NameTakenError, TaxonomyError
from annotation.domain.work import jobs
from annotation.models import FailureMode, Project, TaxonomyChange, User

Kind = TaxonomyChange.Kind


def rename(*, mode: FailureMode, name: str, definition: str, by: User) -> TaxonomyChange | None:
    """Give a failure mode another name or definition; None if that changes nothing.

    The former name goes on to give this mode. Raises TaxonomyError (NameTakenError, CarryingError).
    """
    name = _tidy(name)
    with transaction.atomic():
        (mode,) = begin(mode)
        before = {"from": mode.name, "definition_from": mode.definition}
        if (mode.name, mode.definition) == (name, definition):
            return None
        change = _noted(Kind.RENAMED, mode, None, {**before, "to": name, "definition_to": definition}, by)
        if name != mode.name:
            give_name(change, mode, name)
        mode.definition = definition
        mode.save(update_fields=["definition"])
        finish_naming(change, before["from"], by)
    return change


def merge(*, mode: FailureMode, into: FailureMode, by: User) -> TaxonomyChange:
    """Make all uses of `mode` uses of `into`; its name gives that one from now on. Raises TaxonomyError."""
    with transaction.atomic():
        mode, into = begin(mode, into)
        if mode.pk == into.pk or mode.project_id != into.project_id:
            raise TaxonomyError("Choose another failure mode of the same project to merge into.")
        followers = list(mode.merged.values_list("pk", flat=True))
        kept = drafts.rename(project=mode.project, old=mode.name, new=into.name)
        detail = {"from": mode.name, "to": into.name, "followers": followers, "drafts": kept}
        change = _noted(Kind.MERGED, mode, into, detail, by)
        FailureMode.objects.filter(Q(pk=mode.pk) | Q(pk__in=followers)).update(merged_into=into)
        _carry_there(change, carrying.note_uses(change, mode), by, f"Merge “{mode}” into “{into}”")
    return change


def split(*, mode: FailureMode, uses: Collection[UUID], name: str, by: User, definition: str = "") -> TaxonomyChange:
    """Make some uses of `mode` (the outside ids of their feedback) uses of a new failure mode. Raises TaxonomyError."""
    name = _tidy(name)
    with transaction.atomic():
        (mode,) = begin(mode)
        made = _made(mode, name, definition, by)
        change = _noted(Kind.SPLIT, mode, made, {"from": mode.name, "to": name}, by)
        count = carrying.note_uses(change, mode, [str(uuid) for uuid in uses])
        if not count:
            raise TaxonomyError(f"None of the chosen uses is one of “{mode}”: choose at least one that is.")
        _carry_there(change, count, by, f"Split “{made}” off “{mode}”")
    return change


def group(*, modes: Iterable[FailureMode], name: str, by: User) -> list[TaxonomyChange]:
    """Put failure modes under a heading (empty: under none); one change for each project that they are of."""
    name = _tidy(name)
    by_project: dict[int, list[FailureMode]] = {}
    for mode in modes:
        by_project.setdefault(mode.project_id, []).append(mode)
    return [change for some in by_project.values() if (change := _grouped(some, name, by))]


def begin(*modes: FailureMode) -> list[FailureMode]:
    """Alone in the project's taxonomy, the modes as they are now; for the rest of the transaction. Raises TaxonomyError."""
    failure_modes.change_alone(project_id=modes[0].project_id)
    rows = FailureMode.objects.select_related("project__workspace", "merged_into")
    fresh = {row.pk: row for row in rows.filter(pk__in=[mode.pk for mode in modes])}
    for mode in fresh.values():
        if mode.merged_into:
            raise TaxonomyError(f"“{mode}” has become “{mode.merged_into}”: change that one.")
    about = TaxonomyChange.objects.filter(Q(mode__in=fresh) | Q(other__in=fresh), project=modes[0].project_id)
    if carrying_now := about.filter(job__status__in=jobs.UNFINISHED).select_related("mode").first():
        raise CarryingError(str(carrying_now.mode))
    return [fresh[mode.pk] for mode in modes]


def give_name(change: TaxonomyChange, mode: FailureMode, name: str) -> None:
    """Another name for the mode; the former one stays as a way to it, unless only the case differs."""
    former = mode.name
    if name.lower() != former.lower():
        if free := _free(mode.project, name):
            free.delete()
        mode.name = name
        mode.save(update_fields=["name"])
        FailureMode.objects.create(project=mode.project, name=former, merged_into=mode, created_by=change.created_by)
    else:
        mode.name = name
        mode.save(update_fields=["name"])


def finish_naming(change: TaxonomyChange, former: str, by: User) -> None:
    """Bring drafts and uses in line with the mode's name."""
    mode = change.mode
    assert mode is not None  # noqa: S101 -- a renaming has it
    if mode.name == former:
        return
    kept = drafts.rename(project=mode.project, old=former, new=mode.name)
    change.detail = {"drafts": kept, **change.detail}  # those of the change itself, not of its undoing
    change.use_count = mode.feedback.count()
    change.save(update_fields=["use_count", "detail"])
    driving.carry(change, Way.NAMES, count=change.use_count, by=by, title=f"Rename “{former}” to “{mode}”")


def _carry_there(change: TaxonomyChange, count: int, by: User, title: str) -> None:
    change.use_count = count
    change.save(update_fields=["use_count"])
    driving.carry(change, Way.THERE, count=count, by=by, title=title)


def _grouped(modes: list[FailureMode], name: str, by: User) -> TaxonomyChange | None:
    project = modes[0].project
    with transaction.atomic():
        failure_modes.change_alone(project_id=project.pk)
        rows = FailureMode.objects.filter(pk__in=[mode.pk for mode in modes], merged_into=None).exclude(group=name)
        before = {str(mode.uuid): mode.group for mode in rows}
        if not before:
            return None
        rows.update(group=name)
        words = ", ".join(sorted(mode.name for mode in modes))
        return _noted(Kind.GROUPED, None, None, {"from": words, "to": name, "groups": before}, by, project)


def _noted(
    kind: str,
    mode: FailureMode | None,
    other: FailureMode | None,
    detail: dict[str, Any],
    by: User,
    project: Project | None = None,
) -> TaxonomyChange:
    about = project or (mode.project if mode else None)
    assert about is not None  # noqa: S101 -- one of both is given
    change = TaxonomyChange.objects.create(
        project=about, kind=kind, mode=mode, other=other, detail=detail, created_by=by
    )
    told: dict[str, Any] = {name: value for name, value in detail.items() if name in {"from", "to"}}
    audit.record(f"failure_mode.{kind}", by=by, workspace=about.workspace, target=mode or change, detail=told)
    return change


def _made(mode: FailureMode, name: str, definition: str, by: User) -> FailureMode:
    """A mode of this name; one that had it before it was renamed or taken back comes to life again."""
    if free := _free(mode.project, name):
        free.name, free.definition, free.group, free.merged_into = name, definition, mode.group, None
        free.save()
        return free
    return FailureMode.objects.create(
        project=mode.project, name=name, definition=definition, group=mode.group, created_by=by
    )


def _free(project: Project, name: str) -> FailureMode | None:
    """Who has the name without needing it any more; None if nobody has it. Raises NameTakenError."""
    if not name:
        raise TaxonomyError("Give the failure mode a name.")
    holder = failure_modes.named(project_id=project.pk, name=name).first()
    if holder is None:
        return None
    stands = TaxonomyChange.objects.filter(kind=Kind.MERGED, mode=holder, undone_at=None)
    if holder.merged_into_id is None or holder.feedback.exists() or stands.exists():
        raise NameTakenError(name)
    return holder


def _tidy(name: str) -> str:
    return " ".join(name.split())[:120]
