"""How what is sent and answered all the time is read and made: by serializers that are kept."""

from __future__ import annotations

from threading import local
from typing import Any

from rest_framework.serializers import Serializer


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
    """What was sent, held against the serializer as by its `is_valid(raise_exception=True)`; likewise one of a kind."""
    return dict(_one(serializer).run_validation({} if sent is None else sent))


def _one(serializer: type[Serializer[Any]]) -> Serializer[Any]:
    kept = _kept.by_class.get(serializer)
    if kept is None:
        kept = _kept.by_class[serializer] = serializer()
    return kept
