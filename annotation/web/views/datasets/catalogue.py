"""The datasets of a workspace: listed, made, changed, put away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.domain.access import Capability
from annotation.domain.datasets import catalogue
from annotation.domain.datasets.problems import InvalidSchemaError, NameTakenError
from annotation.models import Dataset
from annotation.web.access import dataset_of, member, visible
from annotation.web.forms.datasets import DatasetForm
from annotation.web.http import MemberRequest

MOST_LISTED = 500


@require_GET
@member(Capability.READ)
def dataset_list(request: MemberRequest) -> HttpResponse:
    """All datasets by name; archived ones on their own tab."""
    is_archived = request.GET.get("show") == "archived"
    rows = visible(request, Dataset).filter(archived_at__isnull=not is_archived).order_by("name", "pk")
    context = {
        "datasets": rows[:MOST_LISTED],
        "is_archived": is_archived,
        "may_edit": request.actor.may(Capability.EDIT),
        "workspace": request.workspace,
    }
    return render(request, "datasets/list.html", context)


@require_http_methods(["GET", "POST"])
@member(Capability.EDIT)
def dataset_new(request: MemberRequest) -> HttpResponse:
    """Make an empty dataset."""
    form = DatasetForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and (made := _created(request, form)):
        return redirect("dataset", request.workspace.slug, made.uuid)
    context = {"form": form, "workspace": request.workspace}
    return render(request, "datasets/form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@member(Capability.EDIT)
def dataset_edit(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Change a dataset's name, description or schema."""
    dataset = dataset_of(request, uuid)
    form = DatasetForm.of(dataset, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _changed(request, dataset, form):
        return redirect("dataset", request.workspace.slug, uuid)
    context = {"form": form, "dataset": dataset, "workspace": request.workspace}
    return render(request, "datasets/form.html", context, status=422 if form.is_bound else 200)


@require_POST
@member(Capability.EDIT)
def dataset_archive(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Put a dataset away, or bring it back (`restore=1`)."""
    dataset = dataset_of(request, uuid)
    if request.POST.get("restore"):
        catalogue.unarchive(dataset=dataset, by=request.user)
        messages.success(request, f"“{dataset.name}” is back in use.")
    else:
        catalogue.archive(dataset=dataset, by=request.user, now=timezone.now())
        messages.success(request, f"“{dataset.name}” is archived. Its versions can still be read and exported.")
    return redirect("dataset", request.workspace.slug, uuid)


def _created(request: MemberRequest, form: DatasetForm) -> Dataset | None:
    try:
        return catalogue.create(
            workspace=request.workspace,
            name=form.cleaned_data["name"],
            description=form.cleaned_data["description"],
            schema=form.schema(),
            by=request.user,
            now=timezone.now(),
        )
    except NameTakenError as problem:
        form.add_error("name", str(problem))
    except InvalidSchemaError as problem:
        form.refuse_schema(problem)
    return None


def _changed(request: MemberRequest, dataset: Dataset, form: DatasetForm) -> bool:
    name, description = form.cleaned_data["name"], form.cleaned_data["description"]
    try:
        catalogue.change(dataset=dataset, name=name, description=description, schema=form.schema(), by=request.user)
    except NameTakenError as problem:
        form.add_error("name", str(problem))
        return False
    except InvalidSchemaError as problem:
        form.refuse_schema(problem)
        return False
    messages.success(request, f"“{name}” saved.")
    return True
