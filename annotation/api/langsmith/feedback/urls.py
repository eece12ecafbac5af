"""Addresses of feedback."""

from django.urls import URLPattern, URLResolver, path

from annotation.api.langsmith.feedback import configs, dispatch, links, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("feedback", dispatch.feedback, name="feedback-list"),
    path("feedback/tokens", links.FeedbackLinkListView.as_view(), name="feedback-link-list"),
    path("feedback/tokens/<uuid:uuid>", links.FeedbackLinkView.as_view(), name="feedback-link"),
    path("feedback-configs", configs.FeedbackConfigView.as_view(), name="feedback-config"),
    path("feedback/<uuid:uuid>", views.FeedbackView.as_view(), name="feedback-detail"),
]
