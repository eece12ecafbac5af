"""Addresses of datasets, below `/w/<workspace>/datasets/`."""

from django.urls import URLPattern, path

from annotation.web.views.datasets import catalogue, rows, taking, versions

urlpatterns: list[URLPattern] = [
    path("", catalogue.dataset_list, name="dataset-list"),
    path("new/", catalogue.dataset_new, name="dataset-new"),
    path("take/", taking.row_take, name="row-take"),
    path("<uuid:uuid>/", versions.dataset, name="dataset"),
    path("<uuid:uuid>/edit/", catalogue.dataset_edit, name="dataset-edit"),
    path("<uuid:uuid>/archive/", catalogue.dataset_archive, name="dataset-archive"),
    path("<uuid:uuid>/history/", versions.dataset_history, name="dataset-history"),
    path("<uuid:uuid>/diff/", versions.dataset_diff, name="dataset-diff"),
    path("<uuid:uuid>/export/", versions.dataset_export, name="dataset-export"),
    path("<uuid:uuid>/rows/", rows.rows_change, name="dataset-rows"),
    path("<uuid:uuid>/rows/new/", rows.row_new, name="dataset-row-new"),
    path("<uuid:uuid>/rows/<uuid:row_uuid>/", rows.row, name="dataset-row"),
    path("<uuid:uuid>/rows/<uuid:row_uuid>/edit/", rows.row_edit, name="dataset-row-edit"),
    path("<uuid:uuid>/rows/<uuid:row_uuid>/remove/", rows.row_remove, name="dataset-row-remove"),
    path("<uuid:uuid>/rows/<uuid:row_uuid>/restore/", rows.row_restore, name="dataset-row-restore"),
]
