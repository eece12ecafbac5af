"""The number by which traces are chosen by chance, in SQL."""

from __future__ import annotations

from uuid import UUID

from django.db.models import BigIntegerField, F, Func, UUIDField, Value

from annotation.domain import sampling


class _UuidBytes(Func):
    function = "uuid_send"
    output_field = UUIDField()


class SampleNumber(Func):
    """`sampling.number` in SQL; a test holds the two together."""

    template = f"('x' || encode(substr(sha256(%(expressions)s), 1, {sampling.BYTES}), 'hex'))::bit(48)::bigint"
    arg_joiner = " || "
    output_field = BigIntegerField()

    def __init__(self, seed: UUID) -> None:
        super().__init__(_UuidBytes(Value(seed, output_field=UUIDField())), _UuidBytes(F("uuid")))
