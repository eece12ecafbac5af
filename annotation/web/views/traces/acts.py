"""What is done from the trace list and from a trace: feedback, and putting traces into a queue."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from annotation.domain.access import Capability
from annotation.domain.feedback import amending, inline
from annotation.domain.queues import items, marked, subjects
from annotation.domain.queues.subjects import Subject
from annotation.models import Feedback, Job, Queue, Run, Trace
from annotation.web.access import found, member, queue_of, trace_of, visible
from annotation.web.forms.traces import FeedbackForm
from annotation.web.http import MemberRequest, page_or_fragment
from annotation.web.views.traces.detail import feedback_context

#: Traces added to a queue by hand at a time; more is a rule's work.
MOST = 500


@require_POST
@member(Capability.GIVE_FEEDBACK)
def feedback_give(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """A thumb, a label or a remark on the trace or one of its runs."""
    trace = trace_of(request, uuid)
    form = FeedbackForm(request.POST)
    if form.is_valid():
        _give(request, trace, form)
    return _feedback(request, trace, form)


@require_POST
@member(Capability.GIVE_FEEDBACK)
def feedback_take_back(request: MemberRequest, uuid: UUID, feedback: UUID) -> HttpResponse:
    """Remove inline feedback of one's own."""
    trace = trace_of(request, uuid)
    given = found(request, Feedback, feedback)
    if given.author_id != request.user.pk or given.review_id is not None or given.trace_uuid != trace.uuid:
        raise Http404
    amending.take_back(feedback=given)
    return _feedback(request, trace, FeedbackForm())


def _give(request: MemberRequest, trace: Trace, form: FeedbackForm) -> None:
    run = form.cleaned_data["run"]
    if run and not Run.objects.filter(trace=trace, uuid=run).exists():
        raise Http404
    subject, by, now = inline.Subject(trace, run), request.user, timezone.now()
    if form.cleaned_data["thumb"]:
        inline.thumb(subject=subject, is_up=form.cleaned_data["thumb"] == "up", by=by, now=now)
    if form.cleaned_data["label"]:
        inline.label(subject=subject, name=form.cleaned_data["label"], by=by, now=now)
    if form.cleaned_data["comment"]:
        inline.note(subject=subject, comment=form.cleaned_data["comment"], by=by, now=now)


def _feedback(request: MemberRequest, trace: Trace, form: FeedbackForm) -> HttpResponse:
    is_wrong = form.is_bound and not form.is_valid()
    if not getattr(request, "htmx", None) and not is_wrong:
        return redirect("trace-detail", request.workspace.slug, trace.uuid)
    trace.refresh_from_db(fields=["verdict", "verdict_source", "verdict_feedback_uuid"])
    context = {**feedback_context(request, trace), "form": form}
    status = 422 if is_wrong else 200
    return page_or_fragment(request, "traces/feedback.html", context, fragment="feedback", status=status)


@require_POST
@member(Capability.EDIT)
def traces_add_to_queue(request: MemberRequest) -> HttpResponse:
    """Put the marked traces, steps (`run`) and threads into a queue, each once; says what was new and what stood there, and how to undo it."""
    queue = _queue(request)
    chosen = [*map(subjects.of_trace, _traces(request)), *_runs(request), *_threads(request)]
    if queue is None or not chosen:
        messages.error(request, "Mark at least one trace, step or thread, and choose a queue.")
        return _back(request)
    try:
        result, job = marked.add(queue=queue, subjects=chosen, by=request.user, now=timezone.now())
    except items.QueueClosedError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _with_undo(request, _told(queue, result), job))
    return _back(request)


@require_POST
@member(Capability.EDIT)
def traces_pair(request: MemberRequest) -> HttpResponse:
    """Put the two marked traces into a queue as one pair, to be compared."""
    queue, chosen = _queue(request), _traces(request)
    if queue is None or len(chosen) != 2:
        messages.error(request, "Mark exactly two traces and choose a queue; nothing was added.")
        return _back(request)
    pair = subjects.of_pair(*chosen)
    try:
        result, job = marked.add(queue=queue, subjects=[pair], by=request.user, now=timezone.now())
    except items.QueueClosedError as problem:
        messages.error(request, str(problem))
    else:
        is_new = result.added_count + result.restored_count
        words = f"The pair {'is now' if is_new else 'stood already'} in {queue.name}."
        messages.success(request, _with_undo(request, words, job))
    return _back(request)


def _queue(request: MemberRequest) -> Queue | None:
    uuid = _uuid(request.POST.get("queue", ""))
    return queue_of(request, uuid) if uuid else None


def _traces(request: MemberRequest) -> list[UUID]:
    """The marked traces that the member may see, in the order of the list."""
    marked = [uuid for text in request.POST.getlist("trace")[:MOST] if (uuid := _uuid(text))]
    known = set(visible(request, Trace).filter(uuid__in=marked).values_list("uuid", flat=True))
    return [uuid for uuid in marked if uuid in known]


def _runs(request: MemberRequest) -> list[Subject]:
    marked = [uuid for text in request.POST.getlist("run")[:MOST] if (uuid := _uuid(text))]
    known = visible(request, Run).filter(uuid__in=marked).values_list("trace__uuid", "uuid")
    return [subjects.of_run(trace, run) for trace, run in known]


def _threads(request: MemberRequest) -> list[Subject]:
    """A thread in each project that has traces of it."""
    marked = [text for text in request.POST.getlist("thread")[:MOST] if text]
    known = visible(request, Trace).filter(thread_id__in=marked).values_list("project_id", "thread_id").distinct()
    return [subjects.of_thread(project, thread) for project, thread in known if thread] if marked else []


def _told(queue: Queue, result: items.AddResult) -> str:
    new = result.added_count + result.restored_count
    words = f"Added {new} item{'' if new == 1 else 's'} to “{queue.name}”."
    if result.present_count:
        words += f" {result.present_count} stood there already."
    if result.over_count:
        words += f" {result.over_count} did not fit: the queue takes at most {queue.most_items:,} items."
    return words


def _with_undo(request: MemberRequest, words: str, job: Job | None) -> str:
    """What was done, and the way to take it back."""
    if job is None:
        return words
    address = reverse("job-detail", args=[request.workspace.slug, job.uuid])
    return format_html('{} <a class="link" href="{}">Look at it, or take it back</a>', words, address)


def _back(request: MemberRequest) -> HttpResponse:
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}) and back.startswith("/")
    return redirect(back if is_ours else reverse("trace-list", args=[request.workspace.slug]))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
