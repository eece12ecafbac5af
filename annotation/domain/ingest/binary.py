"""Values as PostgreSQL's binary COPY takes them, by the type of their column.

Formats: PostgreSQL's `*_recv` functions. Numbers are big-endian, times microseconds since 2000, jsonb a version byte before
the text. Texts, decimals and None stay as they are: psycopg writes those in C.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from annotation.domain.ingest.values import json_bytes

Encoder = Callable[[Any], bytes | None]

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TEXT = 25  # the oid of the type text
_INT4, _INT8, _FLOAT8 = Struct(">i").pack, Struct(">q").pack, Struct(">d").pack
_NO_ELEMENTS = Struct(">iii").pack(0, 0, _TEXT)
_ELEMENTS = Struct(">iiiii").pack


def _time(value: datetime | None) -> bytes | None:
    return None if value is None else _INT8((value - _EPOCH) // _MICROSECOND)


def _uuid(value: UUID | None) -> bytes | None:
    return None if value is None else value.bytes


def _json(value: Any) -> bytes | None:
    return None if value is None else b"\x01" + json_bytes(value)


def _int4(value: int | None) -> bytes | None:
    return None if value is None else _INT4(value)


def _int8(value: int | None) -> bytes | None:
    return None if value is None else _INT8(value)


def _float8(value: float | None) -> bytes | None:
    return None if value is None else _FLOAT8(value)


def _texts(values: Sequence[str]) -> bytes:
    if not values:
        return _NO_ELEMENTS
    parts = [_ELEMENTS(1, 0, _TEXT, len(values), 1)]
    for value in values:
        encoded = value.encode()
        parts += (_INT4(len(encoded)), encoded)
    return b"".join(parts)


#: More special kinds of field come first.
_ENCODERS: "Sequence[tuple[type[models.Field[Any, Any]], Encoder]]" = (
    (models.ForeignKey, _int8),
    (models.BigIntegerField, _int8),
    (models.IntegerField, _int4),
    (models.FloatField, _float8),
    (models.DateTimeField, _time),
    (models.UUIDField, _uuid),
    (models.JSONField, _json),
    (ArrayField, _texts),
)


def encoders(model: type[models.Model], columns: Sequence[str]) -> list[tuple[int, Encoder]]:
    """For those of the columns that need one: their place, and what makes bytes of their values."""
    fields = {field.column: field for field in model._meta.concrete_fields}  # noqa: SLF001 -- the only way to the fields
    found = ((place, _encoder(fields[column])) for place, column in enumerate(columns))
    return [(place, encoder) for place, encoder in found if encoder]


def _encoder(field: "models.Field[Any, Any]") -> Encoder | None:
    return next((encoder for kind, encoder in _ENCODERS if isinstance(field, kind)), None)
