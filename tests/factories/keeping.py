"""Prices, log records, and traces that were deleted."""

import uuid
from datetime import date
from decimal import Decimal

from factory import LazyFunction, Sequence, SubFactory

from annotation.models import DeletedTrace, LogRecord, ModelPrice
from tests.factories.accounts import WorkspaceFactory
from tests.factories.base import Factory


class ModelPriceFactory(Factory[ModelPrice]):
    class Meta:
        model = ModelPrice

    workspace = SubFactory(WorkspaceFactory)
    model = Sequence(lambda number: f"model-{number}")
    input = Decimal(2)
    output = Decimal(8)
    valid_from = date(2026, 3, 2)


class DeletedTraceFactory(Factory[DeletedTrace]):
    class Meta:
        model = DeletedTrace

    workspace = SubFactory(WorkspaceFactory)
    trace_uuid = LazyFunction(uuid.uuid4)


class LogRecordFactory(Factory[LogRecord]):
    class Meta:
        model = LogRecord

    workspace = SubFactory(WorkspaceFactory)
    digest = LazyFunction(uuid.uuid4)
    name = "gen_ai.user.message"
    time_nano = 1
