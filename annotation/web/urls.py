"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, include, path

from annotation.web.views import deletions, health, icon
from annotation.web.views.traces import links, printed

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("favicon.ico", icon.icon, name="icon"),
    path("o/<uuid:tenant>/datasets/<uuid:dataset>", links.dataset_link, name="dataset-link"),
    path("public/<uuid:token>/r", links.shared_run, name="shared-run-page"),
    path("", include("annotation.web.account_urls")),
    path("o/<uuid:tenant>/projects/p/<uuid:uuid>", printed.project, name="printed-project"),
    path("o/<uuid:tenant>/projects/p/<uuid:uuid>/r/<uuid:run>", printed.run, name="printed-run"),
    path("w/<slug:workspace>/queues/", include("annotation.web.queue_urls")),
    path("w/<slug:workspace>/datasets/", include("annotation.web.dataset_urls")),
    path("w/<slug:workspace>/jobs/", include("annotation.web.job_urls")),
    path("w/<slug:workspace>/deletions/new/", deletions.deletion_new, name="deletion-new"),
    path("w/<slug:workspace>/settings/", include("annotation.web.settings_urls")),
    path("w/<slug:workspace>/queues/<uuid:uuid>/", include("annotation.web.review_urls")),
    path("w/<slug:workspace>/", include("annotation.web.trace_urls")),
    path("w/<slug:workspace>/rules/", include("annotation.web.rules_urls")),
]
