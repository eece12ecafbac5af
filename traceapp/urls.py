"""All addresses, as a table of includes: pages, the REST interface, and the mounts for foreign trace clients."""

from django.urls import include, path

urlpatterns = [
    path("", include("annotation.api.ingest.urls")),
    path("otlp/", include("annotation.api.ingest.urls")),
    path("api/v1/", include(("annotation.api.langsmith.urls", "langsmith"))),
    # The last below its base, since it says what is not there.
    path("api/v1/", include(("annotation.api.v1.urls", "api"))),
    path("", include("annotation.web.urls")),
]

handler500 = "traceapp.failures.failed"
