"""Addresses of version 1 of the REST interface, as a table: one line per view, grouped by resource."""

from django.urls import URLPattern, URLResolver, path, re_path

from annotation.api import errors
from annotation.api.v1.views import me, schema

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema", schema.SchemaView.as_view(), name="schema"),
    path("me", me.MeView.as_view(), name="me"),
    re_path(r"^", errors.not_found),  # stays last
]
