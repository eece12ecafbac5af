"""Addresses of long work, below `/w/<workspace>/jobs/`."""

from django.urls import URLPattern, path

from annotation.web.views import jobs
from annotation.web.views.traces import filling

urlpatterns: list[URLPattern] = [
    path("", jobs.job_list, name="job-list"),
    path("<uuid:uuid>/", jobs.job_detail, name="job-detail"),
    path("<uuid:uuid>/cancel/", jobs.job_cancel, name="job-cancel"),
    path("<uuid:uuid>/undo/", filling.job_undo, name="job-undo"),
]
