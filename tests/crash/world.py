"""Who sends, and what a rule makes of it."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.utils import timezone

from annotation.domain.datasets import catalogue
from annotation.domain.projects import keys
from annotation.domain.queues import lifecycle as queues
from annotation.domain.queues import rubric
from annotation.domain.queues.settings import QueueSettings
from annotation.domain.rules import lifecycle as rules
from annotation.domain.rules.actions import AddToQueue
from annotation.domain.rules.lifecycle import RuleDraft
from annotation.models import ApiKey, Membership, Queue, User, Workspace

REVIEWERS = 2


@dataclass(frozen=True, slots=True)
class World:
    """A key, the queue that failed traces go to, and the keys of the people that review there."""

    token: str
    queue: Queue
    reviewers: tuple[str, ...]


@cache
def world() -> World:
    """Made once."""
    workspace = Workspace.objects.create(slug="crash", name="Crash")
    admin = User.objects.create_user("crash@example.com")
    Membership.objects.create(workspace=workspace, user=admin, role=Membership.Role.ADMIN)
    scopes = [ApiKey.Scope.INGEST, ApiKey.Scope.WRITE]
    made = keys.create(workspace=workspace, name="crash", scopes=scopes, by=admin, now=timezone.now())
    dataset = catalogue.create(workspace=workspace, name="Corrected", by=admin, now=timezone.now())
    settings = QueueSettings(name="Failed", accepts_at_once=True, target_dataset=dataset)
    queue = queues.create(workspace=workspace, settings=settings, rubric=rubric.default(), by=admin)
    draft = RuleDraft("Failed", "status: error", Decimal(1), (AddToQueue(queue=queue.uuid),))
    rules.create(workspace=workspace, draft=draft, by=admin, now=timezone.now())
    return World(made.token, queue, tuple(_reviewer(workspace, number) for number in range(REVIEWERS)))


def _reviewer(workspace: Workspace, number: int) -> str:
    """The key of a person who may review."""
    person = User.objects.create_user(f"reviewer-{number}@example.com")
    Membership.objects.create(workspace=workspace, user=person, role=Membership.Role.EDITOR)
    made = keys.create(workspace=workspace, name="screen", scopes=[ApiKey.Scope.WRITE], by=person, now=timezone.now())
    return made.token
