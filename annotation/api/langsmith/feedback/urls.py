"""Addresses of feedback."""

from django.urls import URLPattern, URLResolver, path

from annotation.api.langsmith.feedback import dispatch, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("feedback", dispatch.feedback, name="feedback-list"),
    path("feedback/<uuid:uuid>", views.FeedbackView.as_view(), name="feedback-detail"),
]
