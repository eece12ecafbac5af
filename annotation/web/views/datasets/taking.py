"""A trace, or one step of it, taken as a new row: into which dataset, which split, and the row as it will stand there."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from annotation.domain.access import Capability
from annotation.domain.datasets import queries, rows, sources
from annotation.domain.datasets.content import RowContent
from annotation.domain.datasets.problems import DatasetError, InvalidRowError
from annotation.domain.queues import blindness
from annotation.domain.queues.sight import WHOLE
from annotation.models import Dataset, Example, Item, Run, Trace
from annotation.web import sight
from annotation.web.access import member, trace_of, visible
from annotation.web.forms.datasets import TakenRowForm
from annotation.web.http import MemberRequest, page_or_fragment

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Taken:
    """The trace, or run of it, and the item through which somebody reads it."""

    trace: Trace
    run: Run | None
    item: Item | None

    def content(self) -> RowContent:
        """Its inputs and outputs."""
        return sources.content_of_run(self.run) if self.run else sources.content_of_trace(self.trace)


@require_http_methods(["GET", "POST"])
@member(Capability.EDIT)
def row_take(request: MemberRequest) -> HttpResponse:
    """Add a trace (`?trace=`), or a step of it (`&run=`), as a row; over the page that asks, or as a page of its own.

    `item` is the one that somebody looks at it through: the dataset of its queue is chosen already, and what the queue hides
    stays hidden. `dataset` chooses another.
    """
    taken = _taken(request)
    datasets = visible(request, Dataset).filter(archived_at=None).order_by("name", "pk")
    chosen = _chosen(request, taken, datasets)
    shows_row = _shows_row(request, taken)
    data = request.POST if request.method == "POST" else None
    here = address(request, taken.trace, taken.run, taken.item)
    form = TakenRowForm.taking(taken.content(), data, datasets, chosen, here, shows_row=shows_row)
    if form.is_bound and form.is_valid() and (made := _added(request, taken, form)):
        return _done(request, made)
    context = {
        "form": form,
        "taken": taken,
        "has_datasets": chosen is not None,
        "shows_row": shows_row,
        "splits": queries.splits_of(chosen, chosen.version) if chosen else [],
        "address": here,
        "whole": address(request, taken.trace, None, taken.item) if taken.run else "",
        "workspace": request.workspace,
    }
    status = 422 if form.is_bound else 200
    return page_or_fragment(request, "datasets/take.html", context, fragment="take", status=status)


def address(request: MemberRequest, trace: Trace, run: Run | None = None, item: Item | None = None) -> str:
    """Where a trace or a step is taken as a row; empty for who may not."""
    if not request.actor.may(Capability.EDIT):
        return ""
    named = {"trace": trace, "run": run, "item": item}
    query = urlencode({name: one.uuid for name, one in named.items() if one})
    return f"{reverse('row-take', args=[request.workspace.slug])}?{query}"


def _taken(request: MemberRequest) -> Taken:
    """404 for what is not there. The root of a trace is the trace; a step may be of another trace of the same item."""
    trace, item = trace_of(request, _named(request, "trace")), None
    if request.GET.get("item"):
        items = visible(request, Item).select_related("queue__target_dataset")
        item = items.filter(uuid=_named(request, "item")).first()
    if not request.GET.get("run"):
        return Taken(trace, None, item)
    runs = visible(request, Run).select_related("trace").filter(uuid=_named(request, "run"))
    run = runs.filter(trace=trace).first() or runs.first()
    if run is None:
        raise Http404
    return Taken(run.trace, None if run.uuid == run.trace.root_run_uuid else run, item)


def _chosen(request: MemberRequest, taken: Taken, datasets: QuerySet[Dataset]) -> Dataset | None:
    """The dataset that the request names, else that of the queue, else the first."""
    wanted = request.POST.get("dataset") or request.GET.get("dataset")
    if wanted and (named := datasets.filter(uuid=_uuid(wanted)).first()):
        return named
    target = taken.item.queue.target_dataset if taken.item else None
    return target if target is not None and target.archived_at is None else datasets.first()


def _shows_row(request: MemberRequest, taken: Taken) -> bool:
    """Whether what the row will hold may be read here: not on the way through a queue that hides something of it."""
    if taken.item is None:
        return True
    return not blindness.read(taken.item.queue.blindness).model and sight.of(request, taken.item) is WHOLE


def _added(request: MemberRequest, taken: Taken, form: TakenRowForm) -> Example | None:
    try:
        return rows.add_from_trace(
            dataset=form.cleaned_data["dataset"],
            trace=taken.trace,
            run=taken.run,
            content=form.content(),
            by=request.user,
            now=timezone.now(),
            message=form.cleaned_data["message"],
        )
    except InvalidRowError as problem:
        form.refuse(problem)
    except DatasetError as problem:
        form.add_error(None, str(problem))
    return None


def _done(request: MemberRequest, made: Example) -> HttpResponse:
    dataset = made.dataset
    place = reverse("dataset-row", args=[request.workspace.slug, dataset.uuid, made.uuid])
    words = f"Row {made.number} added to “{dataset.name}”; version {made.valid_from} is the newest now."
    if not request.htmx:
        messages.success(request, words)
        return redirect(place)
    response = trigger_client_event(HttpResponse(status=204), "close-dialog", {})
    return trigger_client_event(response, "toast", {"value": words, "address": place, "label": f"Row {made.number}"})


def _named(request: MemberRequest, name: str) -> UUID:
    return _uuid(request.GET.get(name, ""))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return NOBODY  # nothing has it
