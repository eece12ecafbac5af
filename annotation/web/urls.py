"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, path

from annotation.web.views import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
