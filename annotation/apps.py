"""The app's registration with Django."""

from django.apps import AppConfig


class AnnotationConfig(AppConfig):
    """`annotation`: reviewing what agents did."""

    name = "annotation"
    default_auto_field = "django.db.models.BigAutoField"
