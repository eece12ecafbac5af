"""Addresses of share links and of what they show."""

from django.urls import URLPattern, URLResolver, path

from annotation.api.langsmith.sharing import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("runs/<uuid:uuid>/share", views.RunShareView.as_view(), name="run-share"),
    path("public/<uuid:token>/run", views.SharedRunView.as_view(), name="shared-run"),
    path("public/<uuid:token>/run/<uuid:uuid>", views.SharedRunView.as_view(), name="shared-step"),
    path("public/<uuid:token>/runs/query", views.SharedRunListView.as_view(), name="shared-run-list"),
]
