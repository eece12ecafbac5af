"""The taxonomy of a project, as the place to work on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.db.models.functions import Left
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.domain.access import Capability
from annotation.domain.feedback.taxonomy import changes, queries, undoing
from annotation.domain.feedback.taxonomy.refusals import TaxonomyError
from annotation.domain.paging import BadCursorError, Page, page
from annotation.domain.traces import filters, matching
from annotation.models import FailureMode, Feedback, Project, TaxonomyChange, Trace
from annotation.web.access import found, member, require, visible
from annotation.web.forms.feedback import FailureModeForm
from annotation.web.http import MemberRequest
from annotation.web.views.settings.sections import show, status_of

SIZE = 50
SECTION = "failure-mode-list"


@dataclass(frozen=True, slots=True)
class Use:
    """A use with what the person asked for, and what speaks for it."""

    feedback: Feedback
    asked: str
    passages: list[str]


@require_GET
@member(Capability.READ)
def failure_mode_list(request: MemberRequest) -> HttpResponse:
    """The taxonomy, by project and group, with counts and what was changed lately; `?q=` searches."""
    modes, made = visible(request, FailureMode), visible(request, TaxonomyChange)
    if slug := request.GET.get("project", ""):
        modes, made = modes.filter(project__slug=slug), made.filter(project__slug=slug)
    words = request.GET.get("q", "").strip()[:200]
    context = {
        "modes": queries.counted(modes, words=words).select_related("project").order_by(*queries.ORDER),
        "may_change": request.actor.may(Capability.EDIT),
        "projects": visible(request, Project).order_by("name"),
        "project_slug": slug,
        "words": words,
        "changes": queries.told(made),
    }
    return show(request, SECTION, "settings/failure_modes.html", context)


@require_http_methods(["GET", "POST"])
@member(Capability.READ)
def failure_mode(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """One failure mode: its uses, each opening its trace, and its name and definition to be made better."""
    mode = found(request, FailureMode, uuid)
    if request.method == "POST":
        require(request, Capability.EDIT)
    initial = {"name": mode.name, "definition": mode.definition, "group": mode.group}
    form = FailureModeForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid() and _saved(request, mode, form):
        return redirect("failure-mode", request.workspace.slug, uuid)
    mode = queries.counted(FailureMode.objects.filter(project=mode.project_id)).filter(pk=mode.pk).first() or mode
    context = {"form": form, **_context(request, mode)}
    return show(request, SECTION, "settings/failure_mode.html", context, status=status_of(form))


@require_POST
@member(Capability.EDIT)
def failure_mode_group(request: MemberRequest) -> HttpResponse:
    """Put the marked failure modes under a heading, or under none."""
    marked = [uuid for text in request.POST.getlist("mode") if (uuid := _uuid(text))]
    modes = visible(request, FailureMode).filter(uuid__in=marked).select_related("project__workspace")
    made = changes.group(modes=modes, name=request.POST.get("group", ""), by=request.user)
    if made:
        messages.success(request, f"{queries.told(_only(made))[0].did}.")
    else:
        messages.error(request, "Mark at least one failure mode that does not stand there already.")
    return redirect(SECTION, request.workspace.slug)


@require_POST
@member(Capability.EDIT)
def failure_mode_merge(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Make all uses of this one uses of another."""
    mode = found(request, FailureMode, uuid)
    chosen = _uuid(request.POST.get("into", ""))
    into = visible(request, FailureMode).filter(uuid=chosen).first() if chosen else None
    if into is None:
        messages.error(request, "Choose the failure mode to merge into.")
        return redirect("failure-mode", request.workspace.slug, uuid)
    return _done(request, mode, lambda: changes.merge(mode=mode, into=into, by=request.user), into)


@require_POST
@member(Capability.EDIT)
def failure_mode_split(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Make the marked uses, or all that the search finds, uses of a new failure mode."""
    mode = found(request, FailureMode, uuid)
    try:
        marked = [one for text in request.POST.getlist("use") if (one := _uuid(text))]
        if request.POST.get("which") == "all":
            marked = list(_uses(request, mode, request.POST).values_list("uuid", flat=True)[: queries.MOST_SPLIT])
    except filters.FilterError as problem:
        messages.error(request, str(problem))
        return redirect("failure-mode", request.workspace.slug, uuid)
    name = request.POST.get("name", "")
    return _done(request, mode, lambda: changes.split(mode=mode, uses=marked, name=name, by=request.user), mode)


@require_POST
@member(Capability.EDIT)
def taxonomy_undo(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Take a change back, with all that it carried."""
    change = found(request, TaxonomyChange, uuid)
    try:
        undone = undoing.undo(change=change, by=request.user, now=timezone.now())
    except TaxonomyError as problem:
        messages.error(request, str(problem))
        return redirect(SECTION, request.workspace.slug)
    messages.success(request, f"Undone: {queries.told(_only([undone]))[0].did}.")
    here = f"{reverse(SECTION, args=[request.workspace.slug])}?{urlencode({'project': undone.project.slug})}"
    return _on(request, undone, here)


def _saved(request: MemberRequest, mode: FailureMode, form: FailureModeForm) -> bool:
    given = form.cleaned_data
    try:
        changes.rename(mode=mode, name=given["name"], definition=given["definition"], by=request.user)
        changes.group(modes=[found(request, FailureMode, mode.uuid)], name=given["group"], by=request.user)
    except TaxonomyError as problem:
        form.add_error("name", str(problem))
        return False
    messages.success(request, f"{given['name'].strip()} saved.")
    return True


def _done(
    request: MemberRequest, mode: FailureMode, change: Callable[[], TaxonomyChange], then: FailureMode
) -> HttpResponse:
    try:
        made = change()
    except TaxonomyError as problem:
        messages.error(request, str(problem))
        return redirect("failure-mode", request.workspace.slug, mode.uuid)
    messages.success(request, f"{queries.told(_only([made]))[0].did}.")
    return _on(request, made, reverse("failure-mode", args=[request.workspace.slug, then.uuid]))


def _on(request: MemberRequest, change: TaxonomyChange, otherwise: str) -> HttpResponse:
    """To the job that carries the uses, if there is one."""
    if change.job and change.job.finished_at is None:
        return redirect("job-detail", request.workspace.slug, change.job.uuid)
    return redirect(otherwise)


def _only(made: list[TaxonomyChange]) -> QuerySet[TaxonomyChange]:
    return TaxonomyChange.objects.filter(pk__in=[change.pk for change in made])


def _context(request: MemberRequest, mode: FailureMode) -> dict[str, Any]:
    others = FailureMode.objects.filter(project=mode.project_id, merged_into=None).exclude(pk=mode.pk)
    made = visible(request, TaxonomyChange).filter(project=mode.project_id)
    rows, problem = _page(request, mode)
    groups = others.exclude(group="").order_by("group").values_list("group", flat=True).distinct()
    return {
        "mode": mode,
        "project": mode.project,
        "became": mode.merged_into,
        "may_change": request.actor.may(Capability.EDIT) and mode.merged_into is None,
        "uses": _shown(request, rows.rows),
        "next": rows.next_cursor,
        "words": request.GET.get("q", ""),
        "filter": request.GET.get("filter", ""),
        "problem": problem,
        "others": others.order_by("group", "name"),
        "groups": list(groups),
        "changes": [one for one in queries.told(made) if mode.pk in {one.change.mode_id, one.change.other_id}],
    }


def _page(request: MemberRequest, mode: FailureMode) -> tuple[Page[Feedback], str]:
    try:
        with matching.bounded():
            rows = _uses(request, mode, request.GET)
            return page(rows, order=queries.USES_ORDER, size=SIZE, cursor=request.GET.get("cursor")), ""
    except filters.FilterError as problem:
        return Page([], None), f"{problem.message} {problem.hint}"
    except BadCursorError:
        return page(_uses(request, mode, {}), order=queries.USES_ORDER, size=SIZE), ""


def _uses(request: MemberRequest, mode: FailureMode, given: Any) -> QuerySet[Feedback]:
    """Its uses, those that `q` finds in passages and whose trace passes `filter`. Raises FilterError."""
    words, text = given.get("q", "").strip()[:200], given.get("filter", "").strip()
    rows = queries.uses(mode, among=visible(request, Feedback), words=words)
    if not text:
        return rows
    chosen = matching.compile(text, workspace=request.workspace, now=timezone.now())
    return rows.filter(trace_uuid__in=chosen.traces(visible(request, Trace)).values("uuid"))


def _shown(request: MemberRequest, rows: list[Feedback]) -> list[Use]:
    uuids = [row.trace_uuid for row in rows if row.trace_uuid]
    known = visible(request, Trace).filter(uuid__in=uuids).annotate(head=Left("input", 160))
    asked = dict(known.values_list("uuid", "head"))
    return [Use(row, asked.get(row.trace_uuid) or "" if row.trace_uuid else "", queries.passages(row)) for row in rows]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
