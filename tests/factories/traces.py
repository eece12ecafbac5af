"""Traces and runs."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from factory import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory

from annotation.models import Attachment, Run, RunShare, Trace, TraceTally
from tests.factories.accounts import ProjectFactory, WorkspaceFactory
from tests.factories.base import Factory

STARTED_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def nanoseconds(run: Any) -> int:
    return int(run.started_at.timestamp()) * 1_000_000_000


class TraceFactory(Factory[Trace]):
    class Meta:
        model = Trace

    project = SubFactory(ProjectFactory)
    workspace = SelfAttribute("project.workspace")
    uuid = LazyFunction(uuid.uuid4)
    status = "ok"
    started_at = STARTED_AT


class RunFactory(Factory[Run]):
    class Meta:
        model = Run

    trace = SubFactory(TraceFactory)
    workspace = SelfAttribute("trace.workspace")
    uuid = LazyFunction(uuid.uuid4)
    external_id = Sequence(lambda number: f"{number:016x}")
    status = "ok"
    started_at = STARTED_AT
    start_nano = LazyAttribute(nanoseconds)


class TraceTallyFactory(Factory[TraceTally]):
    class Meta:
        model = TraceTally

    project = SubFactory(ProjectFactory)
    traces = 1


class AttachmentFactory(Factory[Attachment]):
    class Meta:
        model = Attachment

    workspace = SubFactory(WorkspaceFactory)
    run_uuid = LazyFunction(uuid.uuid4)
    name = "picture"
    mime_type = "image/png"
    size = 3
    path = "somewhere"


class RunShareFactory(Factory[RunShare]):
    class Meta:
        model = RunShare

    workspace = SubFactory(WorkspaceFactory)
    run_uuid = LazyFunction(uuid.uuid4)
