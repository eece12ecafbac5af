"""Addresses of runs."""

from django.urls import URLPattern, URLResolver, path

from annotation.api.langsmith.runs import attached, ingest, query, statistics

urlpatterns: list[URLPattern | URLResolver] = [
    path("runs", ingest.RunListView.as_view(), name="run-list"),
    path("runs/query", query.RunQueryView.as_view(), name="run-query"),
    path("runs/stats", statistics.RunStatsView.as_view(), name="run-stats"),
    path("runs/batch", ingest.RunBatchView.as_view(), name="run-batch"),
    path("runs/multipart", ingest.RunMultipartView.as_view(), name="run-multipart"),
    path("runs/<uuid:uuid>", ingest.RunView.as_view(), name="run-detail"),
    path("attachments/<str:token>", attached.attachment, name="attachment"),
]
