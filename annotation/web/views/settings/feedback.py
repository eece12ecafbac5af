"""What feedback keys mean."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.domain.access import Capability
from annotation.domain.feedback import configs
from annotation.models import FeedbackConfig
from annotation.web.access import found, member, visible
from annotation.web.forms.feedback import ConfigForm, MeaningForm, initial_of
from annotation.web.http import MemberRequest
from annotation.web.views.settings.sections import show, status_of


@require_GET
@member(Capability.READ)
def feedback_config_list(request: MemberRequest) -> HttpResponse:
    """All keys that mean something here."""
    listed = visible(request, FeedbackConfig).order_by("key")
    context = {"configs": listed, "may_change": request.actor.may(Capability.ADMINISTER)}
    return show(request, "feedback-config-list", "settings/feedback_configs.html", context)


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def feedback_config_new(request: MemberRequest) -> HttpResponse:
    """Say what a key means."""
    form = ConfigForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _created(request, form):
        return redirect("feedback-config-list", request.workspace.slug)
    context = {"form": form}
    return show(request, "feedback-config-list", "settings/feedback_config.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def feedback_config_edit(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Change what a key means."""
    config = found(request, FeedbackConfig, uuid)
    form = MeaningForm(request.POST if request.method == "POST" else None, initial=initial_of(config))
    if form.is_bound and form.is_valid() and _changed(request, config, form):
        return redirect("feedback-config-list", request.workspace.slug)
    context = {"form": form, "config": config}
    return show(request, "feedback-config-list", "settings/feedback_config.html", context, status=status_of(form))


@require_POST
@member(Capability.ADMINISTER)
def feedback_config_delete(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Forget what a key means."""
    config = found(request, FeedbackConfig, uuid)
    configs.delete(config=config, by=request.user)
    messages.success(request, f"{config.key} means nothing any more. Feedback given under it stays.")
    return redirect("feedback-config-list", request.workspace.slug)


def _created(request: MemberRequest, form: ConfigForm) -> bool:
    given = form.cleaned_data
    try:
        config = configs.create(
            workspace=request.workspace, key=given["key"], kind=given["kind"], meaning=form.meaning(), by=request.user
        )
    except configs.BadConfigError as problem:
        form.add_error(problem.field, str(problem))
        return False
    messages.success(request, f"{config.key} now has a meaning.")
    return True


def _changed(request: MemberRequest, config: FeedbackConfig, form: MeaningForm) -> bool:
    try:
        configs.change(config=config, meaning=form.meaning(configs.meaning_of(config)), by=request.user)
    except configs.BadConfigError as problem:
        form.add_error(problem.field, str(problem))
        return False
    messages.success(request, f"{config.key} saved. The verdicts of traces judged under it follow in a moment.")
    return True
