"""The addresses of the protocol below `/api/v1/`, as a table of the tables of its resources.

The SDKs are given `http://host/api/v1`, `http://host/api` or the bare host: `aliases` maps the other two to this one.
"""

from django.urls import URLPattern, URLResolver, include, path

from annotation.api.langsmith import info

urlpatterns: list[URLPattern | URLResolver] = [
    path("info", info.InfoView.as_view(), name="info"),
    path("", include("annotation.api.langsmith.runs.urls")),
    path("", include("annotation.api.langsmith.feedback.urls")),
    path("", include("annotation.api.langsmith.projects.urls")),
    path("", include("annotation.api.langsmith.queues.urls")),
    path("", include("annotation.api.langsmith.sharing.urls")),
]
