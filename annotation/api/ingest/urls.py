"""Addresses that foreign trace clients post to, below every base address they may be given."""

from django.urls import URLPattern, URLResolver, path

from annotation.api.ingest import otlp

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/traces", otlp.traces, name="otlp-traces"),
    path("v1/logs", otlp.not_taken, {"signal": "logs"}, name="otlp-logs"),
    path("v1/metrics", otlp.not_taken, {"signal": "metrics"}, name="otlp-metrics"),
]
