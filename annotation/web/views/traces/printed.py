"""The links that LangSmith's SDKs print, on to our own pages."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from annotation.models import Membership, Project, Run
from annotation.web.access import enter, signed_in, visible
from annotation.web.http import MemberRequest, UserRequest


@require_GET
@signed_in
def project(request: UserRequest, tenant: UUID, uuid: UUID) -> HttpResponse:
    """The traces of a project."""
    entered = _entered(request, tenant)
    found = visible(entered, Project).filter(uuid=uuid).first()
    if found is None:
        raise Http404
    address = reverse("trace-list", args=[entered.workspace.slug])
    return redirect(f"{address}?{urlencode({'filter': f'project is {found.slug}'})}")


@require_GET
@signed_in
def run(request: UserRequest, tenant: UUID, uuid: UUID, run: UUID) -> HttpResponse:  # noqa: ARG001 -- the run says where it is
    """The trace of a run, standing at the run."""
    entered = _entered(request, tenant)
    found = visible(entered, Run).filter(uuid=run).select_related("trace").first()
    if found is None:
        raise Http404
    address = reverse("trace-detail", args=[entered.workspace.slug, found.trace.uuid])
    return redirect(f"{address}?{urlencode({'step': str(found.uuid)})}")


def _entered(request: UserRequest, tenant: UUID) -> MemberRequest:
    slug = Membership.objects.filter(user=request.user, workspace__uuid=tenant).values_list(
        "workspace__slug", flat=True
    )
    return enter(request, slug.first() or "")
