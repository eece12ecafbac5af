"""Addresses of annotation queues."""

from django.urls import URLPattern, URLResolver, include, path

from annotation.api.langsmith.queues import finals, items, mixed, views

_OF_A_QUEUE: list[URLPattern | URLResolver] = [
    path("export", views.QueueExportView.as_view(), name="queue-export"),
    path("queues", items.QueuesOfRunView.as_view(), name="queues-of-run"),
    path("runs", items.ItemListView.as_view(), name="queue-item-list"),
    path("runs/by-key", items.ItemsByKeyView.as_view(), name="queue-items-by-key"),
    path("runs/delete", items.ItemDeleteView.as_view(), name="queue-items-delete"),
    path("runs/resolve/<uuid:item>", items.ItemPlaceView.as_view(), name="queue-item-place"),
    path("runs/<uuid:item>", items.ItemView.as_view(), name="queue-item"),
    path("run/<int:index>", items.ItemAtView.as_view(), name="queue-item-at"),
    path("size", items.OwnSizeView.as_view(), name="queue-size"),
    path("total_size", items.SizeView.as_view(), name="queue-total-size"),
    path("total_archived", items.SizeView.as_view(is_archived=True), name="queue-total-archived"),
]
_MIXED: list[URLPattern | URLResolver] = [
    path("items/<uuid:item>/status", mixed.MixedStatusView.as_view(), name="mixed-item-status"),
    path("<uuid:uuid>/items", mixed.MixedListView.as_view(), name="mixed-item-list"),
    path("<uuid:uuid>/items/delete", mixed.MixedDeleteView.as_view(), name="mixed-items-delete"),
    path("<uuid:uuid>/items/count", mixed.MixedCountView.as_view(), name="mixed-items-count"),
    path("<uuid:uuid>/items/<uuid:item>", mixed.MixedItemView.as_view(), name="mixed-item"),
    path("<uuid:uuid>/items/<uuid:item>/placement", mixed.MixedPlaceView.as_view(), name="mixed-item-place"),
    path("<uuid:uuid>/items/<uuid:item>/finals/<str:key>", finals.FinalView.as_view(), name="mixed-item-final"),
    path("<uuid:uuid>/reviewers", views.ReviewerListView.as_view(), name="queue-reviewer-list"),
    path("<uuid:uuid>/reviewers/<uuid:person>", views.ReviewerView.as_view(), name="queue-reviewer"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("annotation-queues", views.QueueListView.as_view(), name="queue-list"),
    path("annotation-queues/populate", items.PopulateView.as_view(), name="queue-populate"),
    path("annotation-queues/status/<uuid:item>", items.StatusView.as_view(), name="queue-item-status"),
    path("annotation-queues/<uuid:uuid>", views.QueueDetailView.as_view(), name="queue-detail"),
    path("annotation-queues/<uuid:uuid>/", include(_OF_A_QUEUE)),
    path("platform/annotation-queues/", include(_MIXED)),
]
