"""A workspace, and the names of the traces in it that pass a filter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from annotation.domain.traces import matching
from annotation.models import Project
from tests.factories import ProjectFactory

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
Passing = Callable[[str], set[str]]


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory(name="Booking agent", slug="booking-agent")


@pytest.fixture
def passing(project: Project) -> Passing:
    """Names of the traces of the project's workspace that pass; each must be found once."""

    def names(text: str) -> set[str]:
        traces = matching.compile(text, workspace=project.workspace, now=NOW).traces()
        with matching.bounded():
            found = list(traces.values_list("name", flat=True))
        assert len(found) == len(set(found))
        return set(found)

    return names
