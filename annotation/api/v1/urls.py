"""Addresses of version 1 of the REST interface, as a table: one line per view, grouped by resource."""

from django.urls import URLPattern, URLResolver, path, re_path

from annotation.api import errors
from annotation.api.v1.views import feedback, imports, jobs, keys, me, members, projects, schema, traces

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema", schema.SchemaView.as_view(), name="schema"),
    path("me", me.MeView.as_view(), name="me"),
    path("members", members.MemberListView.as_view(), name="member-list"),
    path("keys", keys.KeyListView.as_view(), name="key-list"),
    path("keys/<uuid:uuid>", keys.KeyView.as_view(), name="key-detail"),
    path("audit", members.AuditView.as_view(), name="audit-list"),
    path("feedback", feedback.FeedbackListView.as_view(), name="feedback-list"),
    path("jobs", jobs.JobListView.as_view(), name="job-list"),
    path("jobs/<uuid:uuid>", jobs.JobView.as_view(), name="job-detail"),
    path("jobs/<uuid:uuid>/cancel", jobs.JobCancelView.as_view(), name="job-cancel"),
    path("projects", projects.ProjectListView.as_view(), name="project-list"),
    path("projects/<path:name>", projects.ProjectView.as_view(), name="project-detail"),
    path("traces", traces.TraceListView.as_view(), name="trace-list"),
    path("traces/import", imports.TraceImportView.as_view(), name="trace-import"),
    path("traces/<str:trace_id>", traces.TraceView.as_view(), name="trace-detail"),
    re_path(r"^", errors.not_found),  # stays last
]
