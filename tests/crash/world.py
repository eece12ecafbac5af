"""Who sends, and what a rule makes of it."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.utils import timezone

from annotation.domain.projects import keys
from annotation.domain.queues import lifecycle as queues
from annotation.domain.queues import rubric
from annotation.domain.queues.lifecycle import QueueSettings
from annotation.domain.rules import lifecycle as rules
from annotation.domain.rules.actions import AddToQueue
from annotation.domain.rules.lifecycle import RuleDraft
from annotation.models import ApiKey, Membership, Queue, User, Workspace


@dataclass(frozen=True, slots=True)
class World:
    """A key, and the queue that failed traces go to."""

    token: str
    queue: Queue


@cache
def world() -> World:
    """Made once."""
    workspace = Workspace.objects.create(slug="crash", name="Crash")
    admin = User.objects.create_user("crash@example.com")
    Membership.objects.create(workspace=workspace, user=admin, role=Membership.Role.ADMIN)
    scopes = [ApiKey.Scope.INGEST, ApiKey.Scope.WRITE]
    made = keys.create(workspace=workspace, name="crash", scopes=scopes, by=admin, now=timezone.now())
    queue = queues.create(workspace=workspace, settings=QueueSettings(name="Failed"), rubric=rubric.default(), by=admin)
    draft = RuleDraft("Failed", "status: error", Decimal(1), (AddToQueue(queue=queue.uuid),))
    rules.create(workspace=workspace, draft=draft, by=admin, now=timezone.now())
    return World(made.token, queue)
