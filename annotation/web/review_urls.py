"""Addresses of reviewing, below `/w/<workspace>/queues/<queue>/`."""

from django.urls import URLPattern, path

from annotation.web.views.review import acts, ahead, labels, own, pages, table
from annotation.web.views.review.withdrawn import told

urlpatterns: list[URLPattern] = [
    path("review/", told(pages.queue_review), name="queue-review"),
    path("review/undo/", told(acts.queue_undo), name="queue-undo"),
    path("review/recent/", own.recent_reviews, name="review-recent"),
    path("review/own/", own.own_reviews, name="review-own"),
    path("table/", told(table.queue_table), name="queue-table"),
    path("table/heartbeat/", told(table.table_heartbeat), name="table-heartbeat"),
    path("table/leave/", told(table.table_leave), name="table-leave"),
    path("table/<int:number>/", table.row_conversation, name="row-conversation"),
    path("table/<int:number>/submit/", told(table.row_submit), name="row-submit"),
    path("table/<int:number>/skip/", told(table.row_skip), name="row-skip"),
    path("table/<int:number>/flag/", told(table.row_flag), name="row-flag"),
    path("table/<int:number>/undo/", told(table.row_undo), name="row-undo"),
    path("items/<int:number>/", told(pages.item_review), name="item-review"),
    path("items/<int:number>/ahead/", ahead.item_ahead, name="item-ahead"),
    path("items/<int:number>/submit/", told(acts.item_submit), name="item-submit"),
    path("items/<int:number>/skip/", told(acts.item_skip), name="item-skip"),
    path("items/<int:number>/flag/", told(acts.item_flag), name="item-flag"),
    path("items/<int:number>/withdraw/", told(acts.item_withdraw), name="item-withdraw"),
    path("items/<int:number>/draft/", told(acts.item_draft), name="item-draft"),
    path("items/<int:number>/heartbeat/", told(acts.item_heartbeat), name="item-heartbeat"),
    path("items/<int:number>/labels/", labels.item_labels, name="item-labels"),
    path("items/<int:number>/diff/", acts.item_diff, name="item-diff"),
    path("items/<int:number>/row/", acts.item_row, name="item-row"),
    path("items/<int:number>/original/", acts.item_original, name="item-original"),
]
