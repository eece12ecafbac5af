"""What is done to a rule: switched, run over the past, put away, deleted."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from annotation.domain.access import Capability
from annotation.domain.rules import backfill, lifecycle
from annotation.models import Rule
from annotation.web.access import found, member
from annotation.web.forms.rules import BackfillForm
from annotation.web.http import MemberRequest


def _rule(request: MemberRequest, uuid: UUID) -> Rule:
    rule = found(request, Rule, uuid)
    return Rule.objects.select_related("workspace", "current").get(pk=rule.pk)


@require_POST
@member(Capability.ADMINISTER)
def rule_switch(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """On or off."""
    rule = lifecycle.switch(rule=_rule(request, uuid), is_enabled=request.POST.get("to") == "on", by=request.user)
    said = "is on" if rule.is_enabled else "is off: it decides on nothing until it is on again"
    messages.success(request, f"“{rule.name}” {said}.")
    return redirect("rule-detail", request.workspace.slug, rule.uuid)


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def rule_backfill(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Run the current revision over the traces of the last days, as a job."""
    rule = _rule(request, uuid)
    form = BackfillForm(request.POST if request.method == "POST" else None, initial={"days": 7})
    if form.is_bound and form.is_valid():
        backfill.start(rule=rule, days=form.cleaned_data["days"], by=request.user, now=timezone.now())
        messages.success(request, "The backfill has begun.")
        return redirect("rule-decisions", request.workspace.slug, rule.uuid)
    context = {"form": form, "rule": rule}
    return render(request, "rules/backfill.html", context, status=422 if form.is_bound else 200)


@require_POST
@member(Capability.ADMINISTER)
def rule_archive(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Put it away."""
    rule = lifecycle.archive(rule=_rule(request, uuid), by=request.user, now=timezone.now())
    messages.success(request, f"“{rule.name}” is put away. Its decisions and items stay.")
    return redirect("rule-list", request.workspace.slug)


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def rule_delete(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Delete it for good, after saying what goes with it."""
    rule = _rule(request, uuid)
    if request.method == "GET":
        return render(request, "rules/delete.html", {"rule": rule, "effects": lifecycle.effects(rule)})
    lifecycle.delete(rule=rule, by=request.user)
    messages.success(request, f"“{rule.name}” is deleted. Items that it added stay in their queues.")
    return redirect("rule-list", request.workspace.slug)
