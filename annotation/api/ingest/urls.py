"""Addresses that foreign trace clients post to, below every base address they may be given."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
