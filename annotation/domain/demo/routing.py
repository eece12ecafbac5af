"""The demo's two rules, and their decisions day by day, by the code that decides on live traffic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from annotation.domain.rules import deciding, lifecycle
from annotation.domain.rules.actions import AddToQueue
from annotation.domain.rules.lifecycle import RuleDraft
from annotation.domain.rules.routing import candidates
from annotation.domain.traces import matching
from annotation.models import Decision, Queue, Rule, Trace, User, Workspace

PROBABLE_FAILURES = (
    "project is booking-agent and time > -30d and ("
    'feedback("thumbs", source: user) = 0 or feedback("policy_judge") < 0.4 or feedback("frustrated") is yes '
    'or feedback("ticket") is reopened)'
)
SAMPLE = "project is coding-agent and tag is production and time > -30d"


@dataclass(frozen=True, slots=True)
class Rules:
    """What sends traces to people."""

    failures: Rule
    sample: Rule

    def decide(self, *, workspace: Workspace, now: datetime) -> None:
        """Let both decide on what had happened by `now`, as the sweep does with settled traces."""
        for rule in (self.failures, self.sample):
            assert rule.current is not None  # noqa: S101 -- made with its first revision
            passing = matching.compile(rule.current.filter, workspace=workspace, now=now)
            traces = candidates(rule.current, passing).filter(workspace=workspace, started_at__lt=now)
            deciding.decide(revision=rule.current, passing=passing, traces=traces, origin=Decision.Origin.LIVE, now=now)
        Trace.objects.filter(workspace=workspace, started_at__lt=now).update(settled_at=now)


def set_up(*, workspace: Workspace, booking: Queue, coding: Queue, by: User, now: datetime) -> Rules:
    """Probable failures of the booking agent, all of them; of the coding agent, two of five sessions."""
    failures = RuleDraft(
        "Probable failures", PROBABLE_FAILURES, Decimal(1), (AddToQueue(queue=booking.uuid, priority=10),)
    )
    sample = RuleDraft("Two of five sessions", SAMPLE, Decimal("0.4"), (AddToQueue(queue=coding.uuid),))
    made = [lifecycle.create(workspace=workspace, draft=draft, by=by, now=now) for draft in (failures, sample)]
    return Rules(*made)
