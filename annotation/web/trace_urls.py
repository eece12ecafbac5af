"""Addresses of traces and threads, below `/w/<workspace>/`."""

from django.urls import URLPattern, path

from annotation.web.views.traces import acts, detail, filling, listing, steps, suggestions, threads, views

urlpatterns: list[URLPattern] = [
    path("traces/", listing.trace_list, name="trace-list"),
    path("traces/suggestions/", suggestions.filter_suggestions, name="filter-suggestions"),
    path("traces/add-to-queue/", acts.traces_add_to_queue, name="traces-add-to-queue"),
    path("traces/pair/", acts.traces_pair, name="traces-pair"),
    path("traces/fill-queue/", filling.traces_fill_queue, name="traces-fill-queue"),
    path("traces/views/", views.view_save, name="view-save"),
    path("traces/views/<uuid:uuid>/delete/", views.view_delete, name="view-delete"),
    path("traces/<uuid:uuid>/", detail.trace_detail, name="trace-detail"),
    path("traces/<uuid:uuid>/text/", steps.trace_text, name="trace-text"),
    path("traces/<uuid:uuid>/image/", steps.trace_image, name="trace-image"),
    path("traces/<uuid:uuid>/steps/<uuid:run>/", steps.trace_step, name="trace-step"),
    path("traces/<uuid:uuid>/feedback/", acts.feedback_give, name="trace-feedback"),
    path("traces/<uuid:uuid>/feedback/<uuid:feedback>/delete/", acts.feedback_take_back, name="feedback-take-back"),
    path("threads/<path:thread>/", threads.thread_detail, name="thread-detail"),
]
