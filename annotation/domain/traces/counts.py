"""How much is in a project."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from annotation.domain.traces import tallies
from annotation.models import Project


@dataclass(frozen=True, slots=True)
class CountedProject:
    """A project with the number of its traces and runs."""

    uuid: UUID
    name: str
    slug: str
    description: str
    created_at: datetime
    trace_count: int
    run_count: int


def counted(project: Project) -> CountedProject:
    """The project with what is in it."""
    found = tallies.totals([project]).get(project.pk, tallies.Totals())
    return CountedProject(
        project.uuid,
        project.name,
        project.slug,
        project.description,
        project.created_at,
        trace_count=found.traces,
        run_count=found.runs,
    )
