"""One dataset: the rows of a version, its history, what changed between two versions, and its export."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotation.domain.access import Capability
from annotation.domain.datasets import export, queries
from annotation.domain.datasets.content import pretty
from annotation.domain.datasets.problems import NoSuchVersionError
from annotation.domain.datasets.queries import RowDifference
from annotation.domain.datasets.writers import Format
from annotation.domain.paging import BadCursorError, page
from annotation.domain.reviews import diff_json
from annotation.models import Dataset, DatasetVersion
from annotation.web.access import dataset_of, member
from annotation.web.http import MemberRequest

ROWS_ON_A_PAGE = 50
VERSIONS_TO_PICK = 100


def version_asked(request: MemberRequest, dataset: Dataset, name: str = "version") -> int:
    """The version in the address; the newest when there is none. 404 for one that does not exist."""
    text = request.GET.get(name, "")
    if not text:
        return dataset.version
    if not text.isascii() or not text.isdigit() or int(text) > dataset.version:
        raise Http404
    return int(text)


@require_GET
@member(Capability.READ)
def dataset(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """The rows of a version, the newest unless `?version=` says otherwise; `?split=` narrows them."""
    found = dataset_of(request, uuid)
    number = version_asked(request, found)
    rows = queries.rows_at(found, number)
    split = request.GET.get("split", "")
    shown = rows.filter(split=split) if split else rows
    try:
        listed = page(shown, order=queries.IN_ORDER, size=ROWS_ON_A_PAGE, cursor=request.GET.get("cursor"))
    except BadCursorError as problem:
        raise Http404 from problem
    context = _context(request, found, number) | {
        "rows": listed.rows,
        "next_cursor": listed.next_cursor,
        "is_later_page": "cursor" in request.GET,
        "split": split,
        "splits": queries.splits_of(found, number),
        "picked": queries.history(found)[:VERSIONS_TO_PICK],
        "is_newest": number == found.version,
    }
    return render(request, "datasets/dataset.html", context)


@require_GET
@member(Capability.READ)
def dataset_history(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Every version: what it changed, who made it and why."""
    found = dataset_of(request, uuid)
    cursor = request.GET.get("cursor")
    try:
        listed = page(queries.history(found), order=("-number",), size=ROWS_ON_A_PAGE, cursor=cursor)
    except BadCursorError as problem:
        raise Http404 from problem
    context = _context(request, found, found.version) | {
        "versions": listed.rows,
        "next_cursor": listed.next_cursor,
        "is_later_page": bool(cursor),
    }
    return render(request, "datasets/history.html", context)


@require_GET
@member(Capability.READ)
def dataset_diff(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """What changed from version `?from=` to version `?to=`, row by row."""
    found = dataset_of(request, uuid)
    after = version_asked(request, found, "to")
    before = version_asked(request, found, "from") if "from" in request.GET else max(0, after - 1)
    between = queries.difference(found, before, after)
    made = DatasetVersion.objects.filter(dataset=found, number=after).select_related("created_by").first()
    context = _context(request, found, after) | {
        "between": between,
        "differences": [{"row": row, "parts": compared(row)} for row in between.rows],
        "counts": {kind: between.count(kind) for kind in ("added", "changed", "removed")},
        "made": made,
        "numbers": range(found.version, -1, -1)[:VERSIONS_TO_PICK],
    }
    return render(request, "datasets/diff.html", context)


@require_GET
@member(Capability.READ)
def dataset_export(request: MemberRequest, uuid: UUID) -> StreamingHttpResponse:
    """A version as a file: `?format=jsonl` or `csv`, `?split=` for one split."""
    found = dataset_of(request, uuid)
    number = version_asked(request, found)
    try:
        form = Format(request.GET.get("format", Format.JSONL))
        pieces = export.stream(dataset=found, number=number, form=form, split=request.GET.get("split"))
    except (ValueError, NoSuchVersionError) as problem:
        raise Http404 from problem
    name = export.file_name(found, number, form)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(pieces, content_type=form.content_type, headers=headers)


def compared(row: RowDifference) -> list[dict[str, object]]:
    """The parts of a row side against side: lines of a structural diff for a changed row, else the text."""
    if row.before and row.after:
        pairs = [(part, getattr(row.before, part), getattr(row.after, part)) for part in row.parts]
        return [{"name": name, "lines": diff_json.lines(diff_json.structure(old, new))} for name, old, new in pairs]
    state = row.after or row.before
    parts = ("inputs", "outputs")
    return [{"name": part, "text": pretty(getattr(state, part))} for part in parts if getattr(state, part) is not None]


def _context(request: MemberRequest, found: Dataset, number: int) -> dict[str, object]:
    return {
        "dataset": found,
        "number": number,
        "may_edit": request.actor.may(Capability.EDIT) and found.archived_at is None,
        "may_archive": request.actor.may(Capability.EDIT),
        "workspace": request.workspace,
    }
