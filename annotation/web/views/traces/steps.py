"""One step of a trace with everything that it carries, and texts that were too long to show."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from annotation.domain.access import Capability
from annotation.domain.queues.sight import Sight
from annotation.domain.reviews import presented
from annotation.domain.traces import veiled
from annotation.domain.traces.conversation import Clip, NoSuchPlaceError, picture_at, role_at, text_at
from annotation.domain.traces.conversation.clip import clip, written
from annotation.models import Run, Trace
from annotation.web import sight
from annotation.web.access import hides_model, member, readable_trace_of, trace_of
from annotation.web.http import MemberRequest, page_or_fragment
from annotation.web.views.traces.detail import open_queues

#: What a step carries, as the page names it.
_PARTS = (
    ("Inputs", "inputs"),
    ("Outputs", "outputs"),
    ("Messages", "messages"),
    ("Attributes", "attributes"),
    ("Metadata", "metadata"),
    ("Events", "events"),
    ("Resource", "resource"),
)
_NAMED = frozenset(name for _, name in _PARTS)
#: Whole texts beyond this are offered as plain text of their own, which no page has to lay out.
LARGEST_SHOWN = 400_000


@require_GET
@member(Capability.READ, Capability.REVIEW)
def trace_step(request: MemberRequest, uuid: UUID, run: UUID) -> HttpResponse:
    """A step: timing, usage, error, and its raw content; as a dialog when a page asks for it."""
    trace = readable_trace_of(request, uuid)
    seen = sight.through(request, trace)
    step = trace.runs.filter(uuid=run).first()
    if step is None or not seen.presentation.may_read(run_type=step.type, name="inputs"):
        raise Http404
    is_veiled = "veiled" in request.GET or hides_model(request, trace)
    shown = veiled.run(step) if is_veiled else step
    named = veiled.PARTS if is_veiled else [name for _, name in _PARTS]
    parts = _parts(shown, [name for name in named if _may_read(seen, step, name)], seen)
    context = {
        "trace": presented.trace(veiled.trace(trace) if is_veiled else trace, seen),
        "run": presented.run(shown, seen),
        "parts": parts,
        "veil": _veil(request, is_veiled=is_veiled),
        "workspace": request.workspace,
        "queues": open_queues(request),
    }
    return page_or_fragment(request, "traces/step.html", context, fragment="step")


@require_GET
@member(Capability.READ, Capability.REVIEW)
def trace_text(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """The whole of a text that the page shows the beginning of; plain text when no page asks.

    `?at=` is its place; without one it is the trace's output.
    """
    trace, at = trace_of(request, uuid), request.GET.get("at", "trace:output")
    is_veiled, seen = "veiled" in request.GET or hides_model(request, trace), sight.through(request, trace)
    text = _veiled_text(trace, at, seen) if is_veiled else _text(trace, at, seen)
    if not getattr(request, "htmx", None) or len(text) > LARGEST_SHOWN:
        return _plain(request, text)
    context = {"clip": Clip(text), "is_raw": "raw" in request.GET, "is_code": "code" in request.GET}
    response = render(request, "components/clip.html", context)
    patch_vary_headers(response, ("HX-Request",))
    return response


@require_GET
@member(Capability.READ, Capability.REVIEW)
def trace_image(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """An image that came inside the trace; `?at=` is its place."""
    where, _, name = request.GET.get("at", "").partition(":")
    trace = trace_of(request, uuid)
    seen, run = sight.through(request, trace), _run(trace, where)
    if not _may_read(seen, run, f"{name.rpartition('.')[0]}.text"):  # as the words beside it
        raise Http404
    try:
        found = picture_at(run, name)
    except NoSuchPlaceError as problem:
        raise Http404 from problem
    if found is None:
        raise Http404
    response = HttpResponse(found.content, content_type=found.mime_type)
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _run(trace: Trace, uuid: str) -> Run:
    try:
        return trace.runs.get(uuid=UUID(uuid))
    except (ValueError, Run.DoesNotExist) as problem:
        raise Http404 from problem


def _plain(request: MemberRequest, text: str) -> HttpResponse:
    if getattr(request, "htmx", None):  # too long to lay out: let the browser open it by itself
        return HttpResponse(status=204, headers={"HX-Redirect": request.get_full_path()})
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    patch_vary_headers(response, ("HX-Request",))
    return response


def _veiled_text(trace: Trace, at: str, seen: Sight) -> str:
    """Of what a step carries only what its dialog shows, as that shows it."""
    where, _, name = at.partition(":")
    if name not in _NAMED:
        return _text(trace, at, seen)
    run = _run(trace, where)
    if name not in veiled.PARTS or not _may_read(seen, run, name):
        raise Http404
    return seen.text(written(getattr(veiled.run(run), name)))


def _text(trace: Trace, at: str, seen: Sight) -> str:
    where, _, name = at.partition(":")
    if where == "trace" and name in ("input", "output"):
        return seen.text(getattr(trace, name) or "")
    run = _run(trace, where)
    if not _may_read(seen, run, name):
        raise Http404
    try:
        return seen.text(text_at(run, name))
    except NoSuchPlaceError as problem:
        raise Http404 from problem


def _veil(request: MemberRequest, *, is_veiled: bool) -> str:
    """What addresses of the step's texts carry, so that they show no more than the step."""
    named = ({"veiled": "1"} if is_veiled else {}) | {
        name: request.GET[name] for name in ("item",) if name in request.GET
    }
    return f"{urlencode(named)}&" if named else ""


def _may_read(seen: Sight, run: Run, name: str) -> bool:
    return seen.presentation.may_read(run_type=run.type, name=name, role=role_at(run, name))


def _parts(run: Run, shown: Collection[str], seen: Sight) -> list[tuple[str, Clip]]:
    """What the step carries of what may be shown, without what is empty."""
    found: list[tuple[str, Any]] = [(label, name) for label, name in _PARTS if name in shown and getattr(run, name)]
    return [
        (label, clip(written(getattr(run, name)), f"{run.uuid}:{name}", characters=6_000, lines=120, mask=seen.mask))
        for label, name in found
    ]
