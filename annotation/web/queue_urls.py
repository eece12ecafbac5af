"""Addresses of a workspace's queues, below `/w/<workspace>/queues/`."""

from django.urls import URLPattern, path

from annotation.web.views.queues import (
    adjudication,
    agreement,
    corrections,
    detail,
    lists,
    pairs,
    priority,
    progress,
    setup,
    sharing,
    sight,
)
from annotation.web.views.review import own

urlpatterns: list[URLPattern] = [
    path("", lists.queue_list, name="queue-list"),
    path("new/", setup.queue_new, name="queue-new"),
    path("mine/", lists.own_reviews, name="own-reviews"),
    path("preview/", setup.instructions_preview, name="queue-preview"),
    path("<uuid:uuid>/", detail.queue_detail, name="queue-detail"),
    path("<uuid:uuid>/edit/", setup.queue_edit, name="queue-edit"),
    path("<uuid:uuid>/sight-preview/", sight.sight_preview, name="queue-sight-preview"),
    path("<uuid:uuid>/status/", detail.queue_status, name="queue-status"),
    path("<uuid:uuid>/progress/", progress.queue_progress, name="queue-progress"),
    path("<uuid:uuid>/reviews/", progress.queue_reviews, name="queue-reviews"),
    path("<uuid:uuid>/agreement/", agreement.queue_agreement, name="queue-agreement"),
    path("<uuid:uuid>/pairs/", pairs.queue_pairs, name="queue-pairs"),
    path("<uuid:uuid>/pairs/new/", pairs.queue_pairs_new, name="queue-pairs-new"),
    path("<uuid:uuid>/adjudication/", adjudication.queue_adjudication, name="queue-adjudication"),
    path("<uuid:uuid>/corrections/", corrections.correction_list, name="correction-list"),
    path("reviews/<uuid:uuid>/gold/", detail.review_gold, name="review-gold"),
    path("corrections/<uuid:uuid>/accept/", corrections.correction_accept, name="correction-accept"),
    path("corrections/<uuid:uuid>/reject/", corrections.correction_reject, name="correction-reject"),
    path("items/<uuid:uuid>/adjudicate/", adjudication.item_adjudicate, name="item-adjudicate"),
    path("items/<uuid:uuid>/reopen/", adjudication.item_reopen, name="item-reopen"),
    path("items/<uuid:uuid>/another/", adjudication.item_another, name="item-another"),
    path("reviews/<uuid:uuid>/history/", own.review_history, name="review-history"),
    path("<uuid:uuid>/share/", sharing.queue_share, name="queue-share"),
    path("<uuid:uuid>/take-back/", sharing.queue_take_back, name="queue-take-back"),
    path("items/<uuid:uuid>/take-over/", sharing.item_take_over, name="item-take-over"),
    path("items/<uuid:uuid>/remove/", detail.item_remove, name="item-remove"),
    path("items/<uuid:uuid>/restore/", detail.item_restore, name="item-restore"),
    path("items/<uuid:uuid>/unflag/", detail.item_unflag, name="item-unflag"),
    path("items/<uuid:uuid>/priority/", priority.item_priority, name="item-priority"),
]
