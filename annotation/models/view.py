"""Filters that a workspace keeps under a name."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower, Now

from annotation.models.account import User, Workspace
from annotation.models.base import PublicModel


class SavedView(PublicModel):
    """A filter of the trace list under a name, shared by the workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=80)
    filter = models.TextField(blank=True)
    position = models.IntegerField(default=0)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("workspace", Lower("name"), name="saved_view_name_once")]

    def __str__(self) -> str:
        return self.name
