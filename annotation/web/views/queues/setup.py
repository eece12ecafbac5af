"""A queue's settings and rubric: new, edited, previewed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from annotation.domain.access import Capability
from annotation.domain.queues import asking_again, lifecycle, rubric, rubric_versions, shared_questions
from annotation.domain.queues.asking_again import Asked
from annotation.domain.queues.rubric import QuestionKind, Rubric
from annotation.domain.queues.settings import QueueError
from annotation.models import Queue
from annotation.web.access import member, queue_of
from annotation.web.forms import rubric as editing
from annotation.web.forms.queues import QueueForm, initial, typed
from annotation.web.forms.rubric_draft import Problem, RubricDraft
from annotation.web.http import MemberRequest, page_or_fragment

COUNT = "count-again"
"""What the button asks that says how many reviews another rubric affects."""


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def queue_new(request: MemberRequest) -> HttpResponse:
    """Make a queue; it begins with the default rubric."""
    if request.method == "GET":
        return _page(request, QueueForm(workspace=request.workspace), editing.from_rubric(rubric.default()))
    return _posted(request, None)


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def queue_edit(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Change a queue; another rubric becomes its next version."""
    queue = queue_of(request, uuid)
    if request.method == "GET":
        form = QueueForm(workspace=request.workspace, queue=queue, initial=initial(lifecycle.settings_of(queue)))
        return _page(request, form, editing.from_rubric(rubric_versions.questions_of(queue)), queue)
    return _posted(request, queue)


@require_POST
@member(Capability.ADMINISTER)
def instructions_preview(request: MemberRequest) -> HttpResponse:
    """The instructions as reviewers will read them."""
    context = {"instructions": request.POST.get("instructions", ""), "workspace": request.workspace}
    return page_or_fragment(request, "queues/preview.html", context, fragment="instructions-preview")


def _posted(request: MemberRequest, queue: Queue | None) -> HttpResponse:
    """Save, or do what a button of the rubric asks for, which saves nothing yet."""
    draft = editing.from_post(request.POST)
    if action := request.POST.get("rubric_action"):
        form = QueueForm(workspace=request.workspace, queue=queue, initial=typed(request.POST))
        if action == COUNT and queue:
            draft, asked = editing.checked(draft, rubric_versions.questions_of(queue))
            again = asking_again.preview(queue=queue, asked=asked) if asked else None
            return _page(request, form, draft, queue, again=again)
        return _page(request, form, _changed(request, draft, action), queue)
    form = QueueForm(request.POST, workspace=request.workspace, queue=queue)
    draft, asked = editing.checked(draft, rubric_versions.questions_of(queue) if queue else None)
    if form.is_valid() and asked is not None:
        try:
            return _saved(request, queue, form, asked)
        except QueueError as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
    return _page(request, form, draft, queue, status=422)


def _changed(request: MemberRequest, draft: RubricDraft, action: str) -> RubricDraft:
    if action != "add-shared":
        return editing.changed(draft, action)
    asked = [one for one in shared_questions.of_workspace(request.workspace) if one.key == request.POST.get("shared")]
    return editing.with_shared(draft, asked[0]) if asked else draft


def _saved(request: MemberRequest, queue: Queue | None, form: QueueForm, asked: Rubric) -> HttpResponse:
    settings = form.settings()
    if queue is None:
        status = Queue.Status.DRAFT if request.POST.get("save") == "draft" else Queue.Status.ACTIVE
        made = lifecycle.create(
            workspace=request.workspace, settings=settings, rubric=asked, by=request.user, status=status
        )
        messages.success(request, f"The queue “{made}” is made. Fill it from the traces, or with a rule.")
        return redirect("queue-detail", request.workspace.slug, made.uuid)
    before = queue.rubric_id
    asks_again = "ask_again" in request.POST
    changed = lifecycle.edit(queue=queue, settings=settings, rubric=asked, by=request.user, asks_again=asks_again)
    version = changed.rubric if changed.rubric_id != before else None
    words = f" The rubric is now version {version.number}; reviews keep theirs." if version else ""
    if version and asks_again and asking_again.is_going_on(version):
        words += " There are very many reviews: a job goes on asking for them again."
    messages.success(request, f"Saved.{words}")
    return redirect("queue-detail", request.workspace.slug, changed.uuid)


def _page(
    request: MemberRequest,
    form: QueueForm,
    draft: RubricDraft,
    queue: Queue | None = None,
    *,
    status: int = 200,
    again: Asked | None = None,
) -> HttpResponse:
    context = {
        "workspace": request.workspace,
        "queue": queue,
        "form": form,
        "draft": draft,
        "shared": [one for one in shared_questions.of_workspace(request.workspace) if one.key not in draft.keys],
        "kinds": [(kind.value, kind.label) for kind in QuestionKind],
        "asks_again": "ask_again" in request.POST,
        "again": again,
        "problems": _problems(form, draft),
        "has_errors": draft.has_errors or (form.is_bound and bool(form.errors)),
    }
    fragment = "rubric" if request.POST.get("rubric_action") else "setup"
    return page_or_fragment(request, "queues/setup.html", context, fragment=fragment, status=status)


def _problems(form: QueueForm, draft: RubricDraft) -> list[Problem]:
    """What stands against saving, in the order of the page, each with its place there."""
    if not form.is_bound:
        return []
    fields = [field for field in form if field.errors]
    said = [
        Problem(field.id_for_label or field.auto_id, str(field.label), " ".join(map(str, field.errors)))
        for field in fields
    ]
    first = [problem for problem in said if problem.place in {"id_name", "id_instructions"}]
    return [*first, *draft.problems, *(problem for problem in said if problem not in first)]
