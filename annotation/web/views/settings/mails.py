"""Mails to members that do not arrive: what the mail server said, and all of them sent again."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from annotation.domain.access import Capability
from annotation.domain.notices import trouble
from annotation.domain.paging import BadCursorError, page
from annotation.web.access import member
from annotation.web.http import MemberRequest
from annotation.web.views.settings.sections import show

SIZE = 25


@require_GET
@member(Capability.ADMINISTER)
def mail_list(request: MemberRequest) -> HttpResponse:
    """The mails whose last attempt came to nothing, and whether there is a mail server at all."""
    rows = trouble.of_workspace(request.workspace)
    try:
        listed = page(rows, order=("-id",), size=SIZE, cursor=request.GET.get("cursor"))
    except BadCursorError as problem:
        raise Http404 from problem
    context = {
        "mails": listed.rows,
        "older": urlencode({"cursor": listed.next_cursor}) if listed.next_cursor else "",
        "is_first": "cursor" not in request.GET,
        "is_set_up": trouble.is_set_up(),
        "last_sent": trouble.last_sent(request.workspace),
    }
    return show(request, "mail-list", "settings/mails.html", context)


@require_POST
@member(Capability.ADMINISTER)
def mails_again(request: MemberRequest) -> HttpResponse:
    """Send all of them again."""
    count = trouble.try_again(workspace=request.workspace, now=timezone.now())
    said = f"{count} mail{'' if count == 1 else 's'} tried again; reload in a moment to see what came of it."
    messages.success(request, said)
    return redirect("mail-list", request.workspace.slug)
