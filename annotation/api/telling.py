"""How what is sent and answered all the time is read and made: by serializers that are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from threading import local
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from rest_framework.exceptions import ValidationError
from rest_framework.fields import Field
from rest_framework.serializers import Serializer
from rest_framework.settings import api_settings


class _Kept(local):
    def __init__(self) -> None:
        self.by_class: dict[type[Serializer[Any]], Serializer[Any]] = {}


_kept = _Kept()


def told(serializer: type[Serializer[Any]], value: Any, **context: Any) -> dict[str, Any]:
    """The value as the serializer has it, whose `context` is this.

    The framework copies all fields of a serializer for each one that is made, which takes longer than the answer; here each
    thread makes one of a kind.
    """
    kept = _one(serializer)
    kept._context = context  # noqa: SLF001 -- as its own initialiser does
    return dict(kept.to_representation(value))


def read(serializer: type[Serializer[Any]], sent: Any) -> dict[str, Any]:
    """What was sent, held against the serializer, likewise one of a kind.

    Raises ValidationError as `is_valid(raise_exception=True)` of the framework, also for null, which is nothing to read.
    """
    if sent is None:
        raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: ["No data provided"]}, "null")
    return dict(_one(serializer).run_validation(sent))


def _one(serializer: type[Serializer[Any]]) -> Serializer[Any]:
    kept = _kept.by_class.get(serializer)
    if kept is None:
        kept = _kept.by_class[serializer] = serializer()
        for field in kept.fields.values():
            if field.source_attrs:
                field.get_attribute = _looking_up(field)  # type: ignore[assignment, method-assign]
    return kept


def _looking_up(field: Field[Any, Any, Any, Any]) -> Callable[[Any], Any]:
    """How the field finds its value: at once where it is plainly there, else by the framework's way, which holds every attribute
    on the way against all that it might be.
    """
    at_once, otherwise = attrgetter(".".join(field.source_attrs)), field.get_attribute

    def found(instance: Any) -> Any:
        try:
            value = at_once(instance)
        except (AttributeError, ObjectDoesNotExist):
            return otherwise(instance)
        return otherwise(instance) if callable(value) or isinstance(instance, Mapping) else value

    return found
