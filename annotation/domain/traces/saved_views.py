"""Filters that a workspace keeps under a name."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from annotation.domain import audit
from annotation.domain.traces import filters
from annotation.models import SavedView, User, Workspace


def save(*, workspace: Workspace, name: str, text: str, by: User) -> SavedView:
    """The view of this name (whatever its case) with this filter, made if need be. Raises FilterError."""
    written = filters.to_text(filters.parse(text))
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)  # one position for each
        view = SavedView.objects.filter(workspace=workspace, name__iexact=name).first()
        if view is None:
            last = SavedView.objects.filter(workspace=workspace).aggregate(last=Max("position"))["last"]
            position = 0 if last is None else last + 1
            view = SavedView.objects.create(
                workspace=workspace, name=name, filter=written, position=position, created_by=by
            )
        else:
            view.filter = written
            view.save(update_fields=["filter"])
        audit.record("saved_view.saved", by=by, workspace=workspace, target=view, detail={"filter": written})
    return view


def delete(*, view: SavedView, by: User) -> None:
    """Forget the view."""
    with transaction.atomic():
        audit.record("saved_view.deleted", by=by, workspace=view.workspace, target=view)
        view.delete()
