"""Rules: listed, made, changed, previewed, explained."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from annotation.domain.access import Capability
from annotation.domain.paging import BadCursorError, Page, page
from annotation.domain.rules import backfill, lifecycle, preview, queries
from annotation.domain.rules.lifecycle import RuleInvalidError
from annotation.domain.traces.filters import FilterError
from annotation.domain.work import jobs
from annotation.models import Queue, Rule
from annotation.web.access import found, member, require, visible
from annotation.web.forms.rules import RuleForm, initial_of, pointer
from annotation.web.http import MemberRequest, page_or_fragment

PAGE_SIZE = 50
SHOWN_BACKFILLS = 3
PREVIEW_DAYS = 7
CLOSED = (Queue.Status.COMPLETED, Queue.Status.ARCHIVED)


@require_GET
@member(Capability.READ)
def rule_list(request: MemberRequest) -> HttpResponse:
    """All rules with what they did over the last day."""
    rules = queries.shown(visible(request, Rule)).select_related("current").order_by("name", "pk")
    context = {"cards": queries.cards(rules, now=timezone.now()), "may_change": _may_change(request)}
    return render(request, "rules/list.html", context)


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def rule_new(request: MemberRequest) -> HttpResponse:
    """Make a rule."""
    initial = {"percent": "10", "priority": 0, "filter": request.GET.get("filter", "")}
    form = RuleForm(request.POST if request.method == "POST" else None, queues=open_queues(request), initial=initial)
    if form.is_bound and form.is_valid() and (rule := _created(request, form)):
        messages.success(request, f"“{rule.name}” is on. It decides on traces that arrive from now on.")
        return redirect("rule-detail", request.workspace.slug, rule.uuid)
    return _show(request, form, None)


@require_http_methods(["GET", "POST"])
@member(Capability.READ)
def rule_detail(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """One rule; who may change it finds it in a form."""
    rule = _rule(request, uuid)
    if request.method == "POST":
        require(request, Capability.ADMINISTER)
    initial = initial_of(lifecycle.draft_of(rule))
    form = RuleForm(request.POST if request.method == "POST" else None, queues=open_queues(request), initial=initial)
    if form.is_bound and form.is_valid() and _changed(request, rule, form):
        return redirect("rule-detail", request.workspace.slug, rule.uuid)
    return _show(request, form, rule)


@require_http_methods(["GET", "POST"])
@member(Capability.READ)
def rule_preview(request: MemberRequest) -> HttpResponse:
    """What the rule in the form would have caught; only the part of the page when a part of it asks.

    A form without htmx posts, since its token has no place in an address. Neither way changes anything.
    """
    given = request.POST if request.method == "POST" else request.GET
    rule = _previewed(request, given)
    form = RuleForm(given, queues=open_queues(request))
    form.is_valid()
    context = {**_page(request, form, rule), **_preview(request, form, rule)}
    return page_or_fragment(request, "rules/rule.html", context, fragment="preview")


@require_GET
@member(Capability.READ)
def rule_history(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Every revision, the latest first."""
    rule = _rule(request, uuid)
    revisions = list(queries.revisions(rule))
    steps = queries.steps_of(revisions)
    rows = [
        {
            "revision": one,
            "steps": steps[one.pk],
            "percent": queries.percent(one.sample_rate),
        }
        for one in revisions
    ]
    return render(request, "rules/history.html", {"rule": rule, "rows": rows})


@require_GET
@member(Capability.READ)
def rule_decisions(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """What the rule matched, and what became of it."""
    rule, shown = _rule(request, uuid), request.GET.get("shown", "matched")
    decisions = queries.decisions(rule, is_sampled=True if shown == "sampled" else None)
    cursor = request.GET.get("cursor", "")
    try:
        rows = page(decisions, order=queries.DECISION_ORDER, size=PAGE_SIZE, cursor=cursor)
    except BadCursorError:
        rows = Page([], None)
    backfills = list(backfill.recent(rule)[:SHOWN_BACKFILLS])
    context = {
        "rule": rule,
        "page": rows,
        "shown": shown,
        "cursor": cursor,
        "backfills": backfills,
        "is_working": any(job.status in jobs.UNFINISHED for job in backfills),
    }
    return page_or_fragment(request, "rules/decisions.html", context, fragment="backfills")


def open_queues(request: MemberRequest) -> QuerySet[Queue]:
    """The queues that a rule may fill."""
    return visible(request, Queue).exclude(status__in=CLOSED).order_by("name", "pk")


def _may_change(request: MemberRequest) -> bool:
    return request.actor.may(Capability.ADMINISTER)


def _rule(request: MemberRequest, uuid: UUID) -> Rule:
    rule = found(request, Rule, uuid)
    return Rule.objects.select_related("workspace", "current", "current__created_by").get(pk=rule.pk)


def _previewed(request: MemberRequest, given: QueryDict) -> Rule | None:
    """The rule that is being edited, if it exists already."""
    try:
        return _rule(request, UUID(given.get("rule", "")))
    except ValueError:
        return None


def _show(request: MemberRequest, form: RuleForm, rule: Rule | None) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "rules/rule.html", _page(request, form, rule), status=status)


def _page(request: MemberRequest, form: RuleForm, rule: Rule | None) -> dict[str, Any]:
    revision = rule.current if rule else None
    return {
        "form": form,
        "rule": rule,
        "revision": revision,
        "next_number": revision.number + 1 if revision else 1,
        "steps": queries.steps_of([revision])[revision.pk] if revision else (),
        "percent": queries.percent(revision.sample_rate) if revision else "",
        "may_change": _may_change(request),
        "has_queues": open_queues(request).exists(),
        "days": PREVIEW_DAYS,
    }


def _preview(request: MemberRequest, form: RuleForm, rule: Rule | None) -> dict[str, Any]:
    """The preview of what stands in the form, or why there is none."""
    given = form.cleaned_data
    text = given.get("filter", "")
    if "percent" not in given:
        return {"preview_problem": "Give the share of matches, from 0.0001 to 100 percent."}
    try:
        counted = preview.preview(
            workspace=request.workspace,
            rule=rule.uuid if rule else uuid4(),
            filter_text=text,
            sample_rate=given["percent"] / 100,
            queue=given.get("queue"),
            days=PREVIEW_DAYS,
            now=timezone.now(),
        )
    except FilterError as problem:
        return {"preview_problem": str(problem), "preview_pointer": pointer(text, problem)}
    return {"preview": counted}


def _created(request: MemberRequest, form: RuleForm) -> Rule | None:
    try:
        return lifecycle.create(workspace=request.workspace, draft=form.draft(), by=request.user, now=timezone.now())
    except RuleInvalidError as problem:
        form.refuse(problem)
        return None


def _changed(request: MemberRequest, rule: Rule, form: RuleForm) -> bool:
    before = rule.current.number if rule.current else 0
    try:
        changed = lifecycle.edit(rule=rule, draft=form.draft(), by=request.user, now=timezone.now())
    except RuleInvalidError as problem:
        form.refuse(problem)
        return False
    number = changed.current.number if changed.current else 0
    messages.success(request, f"Saved as v{number}." if number > before else "Saved; the revision stays.")
    return True
