"""All addresses, as a table of includes: pages, the REST interface, and the mounts for foreign trace clients."""

from django.urls import include, path

# What SDKs add `v1/traces` to: ours, any exporter's, LangSmith's (three forms of its endpoint), Langfuse's and Opik's.
OTLP_BASES = ("", "otlp/", "otel/", "api/otel/", "api/v1/otel/", "api/public/otel/", "api/v1/private/otel/")

urlpatterns = [
    path("api/v1/", include(("annotation.api.langsmith.urls", "langsmith"))),
    path("api/v2/", include(("annotation.api.langsmith.v2.urls", "langsmith-v2"))),
    *(path(base, include("annotation.api.ingest.urls")) for base in OTLP_BASES),
    path("", include("annotation.api.ingest.score_urls")),
    # The last below its base, since it says what is not there.
    path("api/v1/", include(("annotation.api.v1.urls", "api"))),
    path("", include("annotation.web.urls")),
]

handler404 = "traceapp.failures.missing"
handler500 = "traceapp.failures.failed"
