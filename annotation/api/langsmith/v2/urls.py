"""Addresses of version 2, below `/api/v2/`."""

from django.urls import URLPattern, URLResolver, path

from annotation.api.langsmith.v2 import runs, sessions, sharing, threads

urlpatterns: list[URLPattern | URLResolver] = [
    path("runs/query", runs.RunQueryView.as_view(), name="run-query"),
    path("runs/<uuid:uuid>", runs.RunView.as_view(), name="run-detail"),
    path("runs/<uuid:uuid>/url", runs.RunUrlView.as_view(), name="run-url"),
    path("runs/<uuid:uuid>/share", sharing.TraceShareView.as_view(), name="trace-share"),
    path("public/<uuid:token>/run/<uuid:uuid>", sharing.SharedRunView.as_view(), name="shared-step"),
    path("public/<uuid:token>/runs/query", sharing.SharedRunListView.as_view(), name="shared-run-list"),
    path("sessions", sessions.SessionListView.as_view(), name="session-list"),
    path("sessions/<uuid:uuid>", sessions.SessionView.as_view(), name="session-detail"),
    path("traces/query", runs.TraceQueryView.as_view(), name="trace-query"),
    path("traces/<uuid:uuid>/runs", runs.TraceRunsView.as_view(), name="trace-runs"),
    path("threads/query", threads.ThreadQueryView.as_view(), name="thread-query"),
    path("threads/stats", threads.ThreadsStatsView.as_view(), name="threads-stats"),
    path("threads/<path:thread>/traces", threads.ThreadTracesView.as_view(), name="thread-traces"),
    path("threads/<path:thread>/stats", threads.ThreadStatsView.as_view(), name="thread-stats"),
]
