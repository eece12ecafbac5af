"""A workspace with a project, a queue, an admin, and rules made the way people make them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from annotation.domain.rules import lifecycle
from annotation.domain.rules.actions import AddToQueue
from annotation.domain.rules.lifecycle import RuleDraft
from annotation.models import Project, Queue, Rule, Trace, User
from tests.factories import ProjectFactory, QueueFactory, TraceFactory, UserFactory

MakeRule = Callable[..., Rule]
MakeTrace = Callable[..., Trace]


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory()


@pytest.fixture
def queue(project: Project) -> Queue:
    return QueueFactory(workspace=project.workspace, name="Refund promises")


@pytest.fixture
def admin(db: None) -> User:
    return UserFactory()


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def make_rule(queue: Queue, admin: User, now: datetime) -> MakeRule:
    def make(filter_text: str = "", *, rate: str = "1", name: str = "Refunds", priority: int = 0) -> Rule:
        draft = RuleDraft(name, filter_text, Decimal(rate), (AddToQueue(queue=queue.uuid, priority=priority),))
        return lifecycle.create(workspace=queue.workspace, draft=draft, by=admin, now=now)

    return make


@pytest.fixture
def make_trace(project: Project, now: datetime) -> MakeTrace:
    """A trace whose root ended a minute ago and that has been quiet since."""

    def make(**fields: Any) -> Trace:
        trace = TraceFactory.build(project=project, workspace=project.workspace)
        quiet = {"ended_at": now, "root_run_uuid": trace.uuid, "changed_at": now - timedelta(minutes=1)}
        return TraceFactory(**{"project": project, **quiet, **fields})

    return make
