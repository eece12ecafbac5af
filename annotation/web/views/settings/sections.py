"""The sections of the settings, who sees which, and the frame around each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from annotation.domain.access import Capability
from annotation.web.access import member
from annotation.web.http import MemberRequest


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the menu: the name of its address, what it is called, and what it takes to see it."""

    name: str
    label: str
    capability: Capability


SECTIONS = (
    Section("settings-workspace", "Workspace", Capability.ADMINISTER),
    Section("member-list", "Members", Capability.ADMINISTER),
    Section("project-list", "Projects", Capability.READ),
    Section("key-list", "API keys", Capability.ADMINISTER),
    Section("feedback-config-list", "Feedback", Capability.READ),
    Section("failure-mode-list", "Failure modes", Capability.READ),
    Section("price-list", "Prices", Capability.READ),
    Section("webhook-list", "Webhooks", Capability.ADMINISTER),
    Section("mail-list", "Mails", Capability.ADMINISTER),
    Section("audit-list", "Audit log", Capability.ADMINISTER),
)


@require_GET
@member(Capability.READ)
def settings(request: MemberRequest) -> HttpResponse:
    """The first section that the member may see."""
    first = next(section for section in SECTIONS if request.actor.may(section.capability))
    return redirect(first.name, request.workspace.slug)


def show(
    request: MemberRequest, section: str, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the settings, with the menu in which `section` is the present one."""
    menu = [
        {
            "label": one.label,
            "address": reverse(one.name, args=[request.workspace.slug]),
            "is_current": one.name == section,
        }
        for one in SECTIONS
        if request.actor.may(one.capability)
    ]
    return render(request, template, {**context, "sections": menu, "workspace": request.workspace}, status=status)


def status_of(form: Any) -> int:
    """422 for a form that was sent and is shown again, 200 for a fresh one."""
    return 422 if form.is_bound else 200
