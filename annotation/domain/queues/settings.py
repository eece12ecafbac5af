"""What can be set on a queue, and what of it no queue may have."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from annotation.domain import access
from annotation.domain.queues.blindness import Blindness
from annotation.domain.queues.masking import Masking
from annotation.domain.queues.presentation import Presentation
from annotation.models import Dataset, Membership, Queue, User, Workspace

MOST_ITEMS = 1_000_000
"""The highest cap that a queue may have."""


class QueueError(Exception):
    """A queue cannot be made or changed as asked; `field` is the setting that is to blame. `code` is for programs."""

    code = "queue_refused"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSettings:
    """All that can be set on a queue beside its rubric and status."""

    name: str
    instructions: str = ""
    order: str = Queue.Order.PRIORITY
    reviewers_per_item: int = 1
    double_percent: int = 0
    decides: str = Queue.Decides.EDITOR
    blindness: Blindness = field(default_factory=Blindness)
    presentation: Presentation = field(default_factory=Presentation)
    masking: Masking = field(default_factory=Masking)
    reservation_minutes: int = 15
    most_items: int | None = None
    due_on: date | None = None
    is_open_to_all: bool = True
    reviewers: tuple[User, ...] = ()
    accepts_at_once: bool = False
    gold_percent: int = 0
    retest_percent: int = 0
    retest_days: int = 7
    shows_gold: bool = False
    target_dataset: Dataset | None = None


_BETWEEN = {
    "reviewers_per_item": (1, 10, "Between 1 and 10 people review an item."),
    "double_percent": (0, 100, "Between 0 and 100 percent of the items get one more review."),
    "reservation_minutes": (1, 1440, "A reservation lasts between 1 minute and 1,440 minutes, a day."),
    "gold_percent": (0, 50, "Between 0 and 50 percent of what somebody is given may serve to measure them."),
    "retest_percent": (0, 50, "Between 0 and 50 percent of what somebody is given may serve to measure them."),
    "retest_days": (0, 365, "An item comes again after 0 to 365 days."),
}
"""The least and the most of each number, and what to say of any other."""


def require_sound(workspace: Workspace, settings: QueueSettings) -> None:
    """Raises QueueError for the first setting that no queue of the workspace can have."""
    if not settings.name.strip():
        raise QueueError("name", "Give the queue a name.")
    for name, (least, most, words) in _BETWEEN.items():
        if not least <= getattr(settings, name) <= most:
            raise QueueError(name, words)
    if settings.target_dataset and settings.target_dataset.workspace_id != workspace.pk:
        raise QueueError("target_dataset", "The dataset belongs to another workspace.")
    _require_cap(settings)
    _require_reviewers(workspace, settings)


def _require_cap(settings: QueueSettings) -> None:
    if settings.most_items is not None and not 1 <= settings.most_items <= MOST_ITEMS:
        raise QueueError(
            "most_items", f"A queue takes between 1 and {MOST_ITEMS:,} items; leave it empty for any number."
        )


def _require_reviewers(workspace: Workspace, settings: QueueSettings) -> None:
    roles = dict(Membership.objects.filter(workspace=workspace).values_list("user", "role"))
    for person in settings.reviewers:
        if not access.role_may(roles.get(person.pk, ""), access.Capability.REVIEW):
            raise QueueError("reviewers", f"{person} cannot review in this workspace; change their role first.")
    if not settings.is_open_to_all and not settings.reviewers:
        raise QueueError("reviewers", "Name at least one reviewer, or open the queue to all.")
