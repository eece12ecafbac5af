"""Addresses of version 1 of the REST interface, as a table: one line per view, grouped by resource."""

from django.urls import URLPattern, URLResolver, path, re_path

from annotation.api import errors
from annotation.api.v1.views import (
    feedback,
    imports,
    items,
    jobs,
    keys,
    me,
    members,
    projects,
    queues,
    reviews,
    schema,
    traces,
)

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
    path("queues", queues.QueueListView.as_view(), name="queue-list"),
    path("queues/<uuid:uuid>", queues.QueueView.as_view(), name="queue-detail"),
    path("queues/<uuid:uuid>/items", queues.QueueItemListView.as_view(), name="queue-item-list"),
    path("queues/<uuid:uuid>/claim", queues.QueueClaimView.as_view(), name="queue-claim"),
    path("items/<uuid:uuid>", items.ItemView.as_view(), name="item-detail"),
    path("items/<uuid:uuid>/restore", items.ItemRestoreView.as_view(), name="item-restore"),
    path("items/<uuid:uuid>/claim", items.ItemClaimView.as_view(), name="item-claim"),
    path("items/<uuid:uuid>/heartbeat", items.ItemHeartbeatView.as_view(), name="item-heartbeat"),
    path("items/<uuid:uuid>/release", items.ItemReleaseView.as_view(), name="item-release"),
    path("items/<uuid:uuid>/skip", items.ItemSkipView.as_view(), name="item-skip"),
    path("items/<uuid:uuid>/flag", items.ItemFlagView.as_view(), name="item-flag"),
    path("items/<uuid:uuid>/draft", items.ItemDraftView.as_view(), name="item-draft"),
    path("items/<uuid:uuid>/review", items.ItemReviewView.as_view(), name="item-review"),
    path("reviews", reviews.ReviewListView.as_view(), name="review-list"),
    path("reviews/<uuid:uuid>", reviews.ReviewView.as_view(), name="review-detail"),
    path("reviews/<uuid:uuid>/accept", reviews.ReviewAcceptView.as_view(), name="review-accept"),
    path("reviews/<uuid:uuid>/reject", reviews.ReviewRejectView.as_view(), name="review-reject"),
    path("reviews/<uuid:uuid>/undo", reviews.ReviewUndoView.as_view(), name="review-undo"),
    re_path(r"^", errors.not_found),  # stays last
]
