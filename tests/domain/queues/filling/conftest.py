"""A project with slow and fast traces, a queue to fill with them, and somebody who does."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from annotation.domain.work import jobs
from annotation.models import Job, Project, Queue, User
from annotation.tasks import KINDS
from tests.factories import (
    ProjectFactory,
    QueueFactory,
    TraceFactory,
    UserFactory,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SEED = UUID(int=7)


@pytest.fixture
def project(db: None) -> Project:
    """Ten slow traces and two fast ones."""
    made: Project = ProjectFactory()
    for latency in [*[5000] * 10, 10, 10]:
        TraceFactory(project=made, latency_ms=latency)
    return made


@pytest.fixture
def queue(project: Project) -> Queue:
    made: Queue = QueueFactory(workspace=project.workspace)
    return made


@pytest.fixture
def by(db: None) -> User:
    made: User = UserFactory()
    return made


def driven(job: Job) -> Job:
    jobs.drive(job_id=job.pk, kinds=KINDS)
    job.refresh_from_db()
    assert job.status == Job.Status.DONE, job.failure
    return job
