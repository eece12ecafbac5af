"""Addresses that foreign trace clients post to, below every base address they may be given."""

from django.urls import URLPattern, URLResolver, path

from annotation.api.ingest import otlp

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/traces", otlp.traces, name="otlp-traces"),
    path("v1/logs", otlp.logs, name="otlp-logs"),
    path("v1/claude_code", otlp.logs, name="otlp-claude-code"),  # LangSmith's address for the logs of Claude Code
    path("v1/metrics", otlp.metrics, name="otlp-metrics"),
]
