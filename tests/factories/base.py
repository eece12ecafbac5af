"""A factory whose calls are known to give what they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model
from factory.django import DjangoModelFactory

Row = TypeVar("Row", bound=Model)


class Factory(DjangoModelFactory[Row]):
    """Calling a subclass saves and returns a row of its model."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:

        def __new__(cls, **fields: Any) -> Row:  # type: ignore[misc]  # the metaclass of factories makes it so
            """The saved row."""
