"""Addresses of annotation queues."""

from django.urls import URLPattern, URLResolver, path

from annotation.api.langsmith.queues import finals, items, mixed, views

_Q = "annotation-queues/<uuid:uuid>"
_PLATFORM = "platform/annotation-queues/<uuid:uuid>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("annotation-queues", views.QueueListView.as_view(), name="queue-list"),
    path("annotation-queues/populate", items.PopulateView.as_view(), name="queue-populate"),
    path("annotation-queues/status/<uuid:item>", items.StatusView.as_view(), name="queue-item-status"),
    path(_Q, views.QueueDetailView.as_view(), name="queue-detail"),
    path(f"{_Q}/export", views.QueueExportView.as_view(), name="queue-export"),
    path(f"{_Q}/queues", items.QueuesOfRunView.as_view(), name="queues-of-run"),
    path(f"{_Q}/runs", items.ItemListView.as_view(), name="queue-item-list"),
    path(f"{_Q}/runs/by-key", items.ItemsByKeyView.as_view(), name="queue-items-by-key"),
    path(f"{_Q}/runs/delete", items.ItemDeleteView.as_view(), name="queue-items-delete"),
    path(f"{_Q}/runs/resolve/<uuid:item>", items.ItemPlaceView.as_view(), name="queue-item-place"),
    path(f"{_Q}/runs/<uuid:item>", items.ItemView.as_view(), name="queue-item"),
    path(f"{_Q}/run/<int:index>", items.ItemAtView.as_view(), name="queue-item-at"),
    path(f"{_Q}/size", items.OwnSizeView.as_view(), name="queue-size"),
    path(f"{_Q}/total_size", items.SizeView.as_view(), name="queue-total-size"),
    path(f"{_Q}/total_archived", items.SizeView.as_view(is_archived=True), name="queue-total-archived"),
    path(
        "platform/annotation-queues/items/<uuid:item>/status", mixed.MixedStatusView.as_view(), name="mixed-item-status"
    ),
    path(f"{_PLATFORM}/items", mixed.MixedListView.as_view(), name="mixed-item-list"),
    path(f"{_PLATFORM}/items/delete", mixed.MixedDeleteView.as_view(), name="mixed-items-delete"),
    path(f"{_PLATFORM}/items/count", mixed.MixedCountView.as_view(), name="mixed-items-count"),
    path(f"{_PLATFORM}/items/<uuid:item>", mixed.MixedItemView.as_view(), name="mixed-item"),
    path(f"{_PLATFORM}/items/<uuid:item>/placement", mixed.MixedPlaceView.as_view(), name="mixed-item-place"),
    path(f"{_PLATFORM}/items/<uuid:item>/finals/<str:key>", finals.FinalView.as_view(), name="mixed-item-final"),
    path(f"{_PLATFORM}/reviewers", views.ReviewerListView.as_view(), name="queue-reviewer-list"),
    path(f"{_PLATFORM}/reviewers/<uuid:person>", views.ReviewerView.as_view(), name="queue-reviewer"),
]
