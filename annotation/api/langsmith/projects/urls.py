"""Addresses of projects and settings."""

from django.urls import URLPattern, URLResolver, path

from annotation.api.langsmith.projects import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("sessions", views.SessionListView.as_view(), name="session-list"),
    path("sessions/resolutions", views.AddressView.as_view(), name="session-address"),
    path("sessions/<uuid:uuid>", views.SessionView.as_view(), name="session-detail"),
    path("settings", views.SettingsView.as_view(), name="settings"),
]
