"""One row: shown with where it came from, added, edited, removed, restored."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.domain.access import Capability
from annotation.domain.datasets import provenance, queries, rows
from annotation.domain.datasets.content import RowContent, pretty
from annotation.domain.datasets.problems import DatasetError, InvalidRowError
from annotation.domain.datasets.queries import RowDifference
from annotation.models import Dataset, Example, Review, Trace
from annotation.web.access import dataset_of, member, visible
from annotation.web.forms.datasets import RowForm
from annotation.web.http import MemberRequest
from annotation.web.views.datasets.versions import compared, version_asked

EMPTY = RowContent({})


@require_GET
@member(Capability.READ)
def row(request: MemberRequest, uuid: UUID, row_uuid: UUID) -> HttpResponse:
    """A row as it stands in a version, where it came from, and every state that it had."""
    dataset = dataset_of(request, uuid)
    number = version_asked(request, dataset)
    states = queries.life_of_row(dataset, row_uuid)
    if not states:
        raise Http404
    shown = next((one for one in states if _stands(one, number)), None)
    state = shown or states[-1]
    context = {
        "dataset": dataset,
        "number": number,
        "row": state,
        "stands": shown is not None,
        "is_current": states[-1].valid_to is None,
        "parts": [(name, pretty(getattr(state, name))) for name in ("inputs", "outputs", "metadata")],
        "told": provenance.read(state.provenance),
        "links": _links(request, state),
        "life": [_step(before, after) for before, after in zip([None, *states], states, strict=False)][::-1],
        "may_edit": request.actor.may(Capability.EDIT) and dataset.archived_at is None,
        "workspace": request.workspace,
    }
    return render(request, "datasets/row.html", context)


@require_http_methods(["GET", "POST"])
@member(Capability.EDIT)
def row_new(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Add a row by hand."""
    dataset = dataset_of(request, uuid)
    form = RowForm.of(EMPTY, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and (made := _added(request, dataset, form)):
        return redirect("dataset-row", request.workspace.slug, uuid, made.uuid)
    context = {"form": form, "dataset": dataset, "workspace": request.workspace}
    return render(request, "datasets/row_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@member(Capability.EDIT)
def row_edit(request: MemberRequest, uuid: UUID, row_uuid: UUID) -> HttpResponse:
    """Give a row other content; the former one stays in the versions before."""
    dataset = dataset_of(request, uuid)
    current = Example.objects.filter(dataset=dataset, uuid=row_uuid, valid_to=None).first()
    if current is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = RowForm.of(rows.content_of(current), data, dataset.version)
    if form.is_bound and form.is_valid() and _edited(request, dataset, row_uuid, form):
        return redirect("dataset-row", request.workspace.slug, uuid, row_uuid)
    context = {"form": form, "dataset": dataset, "row": current, "workspace": request.workspace}
    return render(request, "datasets/row_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@member(Capability.EDIT)
def row_remove(request: MemberRequest, uuid: UUID, row_uuid: UUID) -> HttpResponse:
    """Take a row out of the newest version."""
    dataset = dataset_of(request, uuid)
    try:
        count = rows.remove(
            dataset=dataset, uuids=[row_uuid], by=request.user, now=timezone.now(), message=_why(request)
        )
    except DatasetError as problem:
        messages.error(request, str(problem))
    else:
        gone = f"The row is out of version {dataset.version}; older versions keep it."
        messages.success(request, gone if count else "The row was gone already.")
    return redirect("dataset-row", request.workspace.slug, uuid, row_uuid)


@require_POST
@member(Capability.EDIT)
def row_restore(request: MemberRequest, uuid: UUID, row_uuid: UUID) -> HttpResponse:
    """Put a removed row back as it last stood."""
    dataset = dataset_of(request, uuid)
    try:
        rows.restore(dataset=dataset, uuid=row_uuid, by=request.user, now=timezone.now(), message=_why(request))
    except DatasetError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"The row is back, in version {dataset.version}.")
    return redirect("dataset-row", request.workspace.slug, uuid, row_uuid)


@require_POST
@member(Capability.EDIT)
def rows_change(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Remove the marked rows, or put them into a split; one version for all of them."""
    dataset = dataset_of(request, uuid)
    uuids = [marked for text in request.POST.getlist("row") if (marked := _uuid(text))]
    try:
        messages.success(request, _change_all(request, dataset, uuids))
    except DatasetError as problem:
        messages.error(request, str(problem))
    return redirect("dataset", request.workspace.slug, uuid)


def _change_all(request: MemberRequest, dataset: Dataset, uuids: list[UUID]) -> str:
    now, message = timezone.now(), _why(request)
    if request.POST.get("action") == "remove":
        count = rows.remove(dataset=dataset, uuids=uuids, by=request.user, now=now, message=message)
        return f"Removed {count} from version {dataset.version}; older versions keep them."
    split = request.POST.get("split", "")
    count = rows.assign_split(dataset=dataset, uuids=uuids, split=split, by=request.user, now=now, message=message)
    return f"Moved {count} to the split “{split.strip()}”." if split.strip() else f"Took {count} out of their split."


def _added(request: MemberRequest, dataset: Dataset, form: RowForm) -> Example | None:
    why, now = form.cleaned_data["message"], timezone.now()
    try:
        made = rows.add(dataset=dataset, rows=[form.content()], by=request.user, now=now, message=why)[0]
    except InvalidRowError as problem:
        form.refuse(problem)
        return None
    except DatasetError as problem:
        form.add_error(None, str(problem))
        return None
    messages.success(request, f"Row {made.number} added; version {dataset.version} is the newest now.")
    return made


def _edited(request: MemberRequest, dataset: Dataset, row_uuid: UUID, form: RowForm) -> bool:
    before = dataset.version
    try:
        rows.edit(
            dataset=dataset,
            uuid=row_uuid,
            content=form.content(),
            by=request.user,
            now=timezone.now(),
            seen_version=form.cleaned_data["seen_version"],
            message=form.cleaned_data["message"],
        )
    except InvalidRowError as problem:
        form.refuse(problem)
        return False
    except DatasetError as problem:
        form.add_error(None, str(problem))
        return False
    changed = dataset.version != before
    messages.success(request, f"Saved as version {dataset.version}." if changed else "Nothing was different.")
    return True


def _links(request: MemberRequest, state: Example) -> dict[str, object]:
    """What of the row's origin still stands and may be seen."""
    traces, reviews = visible(request, Trace), visible(request, Review).select_related("item__queue")
    uuid, review_pk = state.source_trace_uuid, state.source_review_id
    return {
        "trace": traces.filter(uuid=uuid).first() if uuid else None,
        "review": reviews.filter(pk=review_pk).first() if review_pk else None,
    }


def _step(before: Example | None, after: Example) -> dict[str, object]:
    """One state of a row, and how it came from the one before."""
    difference = RowDifference(after.number, after.uuid, before, after)
    came_back = before is not None and before.valid_to != after.valid_from
    kind = "restored" if came_back else difference.kind
    return {"state": after, "kind": kind, "parts": compared(difference) if before else []}


def _stands(state: Example, number: int) -> bool:
    return state.valid_from <= number and (state.valid_to is None or state.valid_to > number)


def _why(request: MemberRequest) -> str:
    return request.POST.get("message", "")[:500]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
