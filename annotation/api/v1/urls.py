"""Addresses of version 1 of the REST interface, as a table: one line per view, grouped by resource."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from annotation.api import errors
from annotation.api.v1.views import (
    adjudication,
    assignments,
    datasets,
    deletions,
    examples,
    failure_modes,
    feedback,
    filling,
    gold,
    imports,
    items,
    jobs,
    keys,
    me,
    members,
    pairs,
    prices,
    projects,
    quality,
    queues,
    reviews,
    rules,
    schema,
    traces,
    webhooks,
)

# What stands below one thing is looked at only where its address begins so: routes are tried one after the other.
_OF_A_FAILURE_MODE: list[URLPattern | URLResolver] = [
    path("uses", failure_modes.FailureModeUsesView.as_view(), name="failure-mode-uses"),
    path("merge", failure_modes.FailureModeMergeView.as_view(), name="failure-mode-merge"),
    path("split", failure_modes.FailureModeSplitView.as_view(), name="failure-mode-split"),
]
_OF_A_DATASET: list[URLPattern | URLResolver] = [
    path("versions", datasets.DatasetVersionListView.as_view(), name="dataset-version-list"),
    path("examples", examples.ExampleListView.as_view(), name="example-list"),
    path("examples/<uuid:example>", examples.ExampleView.as_view(), name="example-detail"),
    path("export", datasets.DatasetExportView.as_view(), name="dataset-export"),
]
_OF_A_QUEUE: list[URLPattern | URLResolver] = [
    path("claim", queues.QueueClaimView.as_view(), name="queue-claim"),
    path("rubric/preview", queues.QueueRubricPreviewView.as_view(), name="queue-rubric-preview"),
    path("items", queues.QueueItemListView.as_view(), name="queue-item-list"),
    path("quality", gold.QueueQualityView.as_view(), name="queue-quality"),
    path("pairs", pairs.QueuePairsView.as_view(), name="queue-pairs"),
    path("agreement", quality.QueueAgreementView.as_view(), name="queue-agreement"),
    path("progress", quality.QueueProgressView.as_view(), name="queue-progress"),
    path("reviews", quality.QueueReviewsView.as_view(), name="queue-reviews"),
    path("fill", filling.QueueFillView.as_view(), name="queue-fill"),
    path("saturation", filling.QueueSaturationView.as_view(), name="queue-saturation"),
    path("assignments", assignments.QueueAssignmentListView.as_view(), name="queue-assignments"),
    path("disagreements", adjudication.QueueDisagreementListView.as_view(), name="queue-disagreements"),
]
_OF_AN_ITEM: list[URLPattern | URLResolver] = [
    path("review", items.ItemReviewView.as_view(), name="item-review"),
    path("gold", gold.ItemGoldView.as_view(), name="item-gold"),
    path("restore", items.ItemRestoreView.as_view(), name="item-restore"),
    path("claim", items.ItemClaimView.as_view(), name="item-claim"),
    path("take-over", items.ItemTakeOverView.as_view(), name="item-take-over"),
    path("heartbeat", items.ItemHeartbeatView.as_view(), name="item-heartbeat"),
    path("release", items.ItemReleaseView.as_view(), name="item-release"),
    path("skip", items.ItemSkipView.as_view(), name="item-skip"),
    path("flag", items.ItemFlagView.as_view(), name="item-flag"),
    path("draft", items.ItemDraftView.as_view(), name="item-draft"),
    path("adjudication", adjudication.ItemAdjudicationView.as_view(), name="item-adjudication"),
    path("another-review", adjudication.ItemAnotherReviewView.as_view(), name="item-another-review"),
]
_OF_A_REVIEW: list[URLPattern | URLResolver] = [
    path("accept", reviews.ReviewAcceptView.as_view(), name="review-accept"),
    path("reject", reviews.ReviewRejectView.as_view(), name="review-reject"),
    path("versions", reviews.ReviewVersionListView.as_view(), name="review-versions"),
    path("undo", reviews.ReviewUndoView.as_view(), name="review-undo"),
]
_OF_A_RULE: list[URLPattern | URLResolver] = [
    path("enable", rules.RuleSwitchView.as_view(), name="rule-enable"),
    path("disable", rules.RuleDisableView.as_view(), name="rule-disable"),
    path("decisions", rules.RuleDecisionListView.as_view(), name="rule-decisions"),
    path("backfill", rules.RuleBackfillView.as_view(), name="rule-backfill"),
]
_OF_A_WEBHOOK: list[URLPattern | URLResolver] = [
    path("secret", webhooks.WebhookSecretView.as_view(), name="webhook-secret"),
    path("test", webhooks.WebhookTestView.as_view(), name="webhook-test"),
    path("deliveries", webhooks.DeliveryListView.as_view(), name="webhook-deliveries"),
    path("deliveries/<uuid:delivery>/again", webhooks.DeliveryAgainView.as_view(), name="webhook-delivery-again"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    # First what is asked for all the time.
    path("queues", queues.QueueListView.as_view(), name="queue-list"),
    path("queues/<uuid:uuid>", queues.QueueView.as_view(), name="queue-detail"),
    path("queues/<uuid:uuid>/", include(_OF_A_QUEUE)),
    path("items/<uuid:uuid>", items.ItemView.as_view(), name="item-detail"),
    path("items/<uuid:uuid>/", include(_OF_AN_ITEM)),
    path("schema", schema.SchemaView.as_view(), name="schema"),
    path("me", me.MeView.as_view(), name="me"),
    path("members", members.MemberListView.as_view(), name="member-list"),
    path("keys", keys.KeyListView.as_view(), name="key-list"),
    path("keys/<uuid:uuid>", keys.KeyView.as_view(), name="key-detail"),
    path("audit", members.AuditView.as_view(), name="audit-list"),
    path("feedback", feedback.FeedbackListView.as_view(), name="feedback-list"),
    path("failure-modes", failure_modes.FailureModeListView.as_view(), name="failure-mode-list"),
    path("failure-modes/<uuid:uuid>", failure_modes.FailureModeView.as_view(), name="failure-mode-detail"),
    path("failure-modes/<uuid:uuid>/", include(_OF_A_FAILURE_MODE)),
    path("taxonomy-changes", failure_modes.TaxonomyChangeListView.as_view(), name="taxonomy-change-list"),
    path("taxonomy-changes/<uuid:uuid>/undo", failure_modes.TaxonomyUndoView.as_view(), name="taxonomy-change-undo"),
    path("deletions", deletions.DeletionListView.as_view(), name="deletion-list"),
    path("jobs", jobs.JobListView.as_view(), name="job-list"),
    path("jobs/<uuid:uuid>", jobs.JobView.as_view(), name="job-detail"),
    path("jobs/<uuid:uuid>/cancel", jobs.JobCancelView.as_view(), name="job-cancel"),
    path("jobs/<uuid:uuid>/undo", filling.JobUndoView.as_view(), name="job-undo"),
    path("prices", prices.PriceListView.as_view(), name="price-list"),
    path("prices/import", prices.PriceImportView.as_view(), name="price-import"),
    path("prices/recompute", prices.PriceRecomputeView.as_view(), name="price-recompute"),
    path("prices/<uuid:uuid>", prices.PriceView.as_view(), name="price-detail"),
    path("projects", projects.ProjectListView.as_view(), name="project-list"),
    path("projects/<path:name>", projects.ProjectView.as_view(), name="project-detail"),
    path("traces", traces.TraceListView.as_view(), name="trace-list"),
    path("traces/import", imports.TraceImportView.as_view(), name="trace-import"),
    path("traces/<str:trace_id>", traces.TraceView.as_view(), name="trace-detail"),
    path("datasets", datasets.DatasetListView.as_view(), name="dataset-list"),
    path("datasets/<uuid:uuid>", datasets.DatasetView.as_view(), name="dataset-detail"),
    path("datasets/<uuid:uuid>/", include(_OF_A_DATASET)),
    path("reviews", reviews.ReviewListView.as_view(), name="review-list"),
    path("reviews/<uuid:uuid>", reviews.ReviewView.as_view(), name="review-detail"),
    path("reviews/<uuid:uuid>/", include(_OF_A_REVIEW)),
    path("rules", rules.RuleListView.as_view(), name="rule-list"),
    path("rules/preview", rules.RulePreviewView.as_view(), name="rule-preview"),
    path("rules/<uuid:uuid>", rules.RuleView.as_view(), name="rule-detail"),
    path("rules/<uuid:uuid>/", include(_OF_A_RULE)),
    path("webhooks", webhooks.WebhookListView.as_view(), name="webhook-list"),
    path("webhooks/<uuid:uuid>", webhooks.WebhookView.as_view(), name="webhook-detail"),
    path("webhooks/<uuid:uuid>/", include(_OF_A_WEBHOOK)),
    re_path(r"^", errors.not_found),  # stays last
]
