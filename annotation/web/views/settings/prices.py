"""What model calls cost: the price table, files of prices, and costs computed anew."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.domain.access import Capability
from annotation.domain.ingest import repricing
from annotation.domain.paging import BadCursorError, page
from annotation.domain.prices import importing, table
from annotation.domain.prices.files import UnreadablePricesError
from annotation.models import ModelPrice
from annotation.web.access import found, member, visible
from annotation.web.forms.prices import NewPriceForm, PriceForm, PriceImportForm, RecomputeForm, initial_of
from annotation.web.http import MemberRequest
from annotation.web.views.settings.sections import show, status_of

SIZE = 100


@require_GET
@member(Capability.READ)
def price_list(request: MemberRequest) -> HttpResponse:
    """All prices by model, the newest of a model first; `?q=` narrows them, `?ended=1` shows those that hold no more."""
    words, today = request.GET.get("q", "").replace("\0", "").strip(), timezone.now().date()
    everything = visible(request, ModelPrice)
    rows = table.found(everything, words)
    if "ended" not in request.GET:
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=today))
    try:
        listed = page(rows, order=table.ORDER, size=SIZE, cursor=request.GET.get("cursor"))
    except BadCursorError as problem:
        raise Http404 from problem
    query = {name: value for name, value in (("q", words), ("ended", request.GET.get("ended", ""))) if value}
    context = {
        "prices": listed.rows,
        "next": urlencode(query | {"cursor": listed.next_cursor}) if listed.next_cursor else "",
        "query": words,
        "is_ended_shown": "ended" in request.GET,
        "is_narrowed": bool(listed.rows) or everything.exists(),
        "today": today,
        "may_change": request.actor.may(Capability.ADMINISTER),
    }
    return show(request, "price-list", "settings/prices.html", context)


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def price_new(request: MemberRequest) -> HttpResponse:
    """Add a price."""
    form = NewPriceForm(
        request.POST if request.method == "POST" else None, initial={"valid_from": timezone.now().date()}
    )
    if form.is_bound and form.is_valid() and _added(request, form):
        return _recompute_next(request, form.cleaned_data["valid_from"])
    return show(request, "price-list", "settings/price.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def price_edit(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Change a price, or give it an end."""
    price = found(request, ModelPrice, uuid)
    form = PriceForm(request.POST if request.method == "POST" else None, initial=initial_of(price))
    if form.is_bound and form.is_valid() and _changed(request, price, form):
        return _recompute_next(request, min(price.valid_from, form.cleaned_data["valid_from"]))
    return show(request, "price-list", "settings/price.html", {"form": form, "price": price}, status=status_of(form))


@require_POST
@member(Capability.ADMINISTER)
def price_delete(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Take a price out of the table."""
    price = found(request, ModelPrice, uuid)
    table.delete(price=price, by=request.user)
    messages.success(request, f"The price of {price} is deleted.")
    return _recompute_next(request, price.valid_from)


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def price_import(request: MemberRequest) -> HttpResponse:
    """Bring a file of prices in; what could not be read is said, the rest is stored."""
    is_sent = request.method == "POST"
    initial = {"valid_from": timezone.now().date()}
    form = PriceImportForm(request.POST if is_sent else None, request.FILES if is_sent else None, initial=initial)
    outcome = _imported(request, form) if form.is_bound and form.is_valid() else None
    context = {"form": form, "outcome": outcome}
    status = 200 if outcome else status_of(form)
    return show(request, "price-list", "settings/prices_import.html", context, status=status)


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def price_recompute(request: MemberRequest) -> HttpResponse:
    """Compute the costs of past runs anew, as a job."""
    form = RecomputeForm(
        request.POST if request.method == "POST" else None, initial={"since": request.GET.get("since")}
    )
    if form.is_bound and form.is_valid():
        since, now = form.cleaned_data["since"], timezone.now()
        job = repricing.start(workspace=request.workspace, since=since, by=request.user, now=now)
        return redirect("job-detail", request.workspace.slug, job.uuid)
    return show(request, "price-list", "settings/prices_recompute.html", {"form": form}, status=status_of(form))


def _recompute_next(request: MemberRequest, since: Any) -> HttpResponse:
    """After a change: costs of the past are one press away if the price holds in it, else nothing is to be done."""
    if since >= timezone.now().date():
        return redirect("price-list", request.workspace.slug)
    response = redirect("price-recompute", request.workspace.slug)
    response["Location"] += "?" + urlencode({"since": since.isoformat()})
    return response


def _added(request: MemberRequest, form: NewPriceForm) -> bool:
    is_succeeding = form.cleaned_data["is_succeeding"]
    try:
        price = table.add(workspace=request.workspace, terms=form.terms(), by=request.user, is_succeeding=is_succeeding)
    except table.BadPriceError as problem:
        form.add_error(problem.field, str(problem))
        return False
    messages.success(request, f"Runs of {price} without a cost of their own get one from now on.")
    return True


def _changed(request: MemberRequest, price: ModelPrice, form: PriceForm) -> bool:
    try:
        table.change(price=price, terms=form.terms(), by=request.user)
    except table.BadPriceError as problem:
        form.add_error(problem.field, str(problem))
        return False
    messages.success(request, f"The price of {price} is saved.")
    return True


def _imported(request: MemberRequest, form: PriceImportForm) -> importing.Outcome | None:
    given = form.cleaned_data
    try:
        return importing.bring_in(
            workspace=request.workspace,
            content=given["file"].read(),
            valid_from=given["valid_from"],
            by=request.user,
            is_any_provider=given["is_any_provider"],
        )
    except UnreadablePricesError as problem:
        form.add_error("file", str(problem))
        return None
