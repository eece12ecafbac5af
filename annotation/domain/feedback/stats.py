"""What feedback on some things comes down to, key by key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import stdev
from uuid import UUID

from django.db.models import Q, QuerySet

from annotation.models import Feedback

COMMENTS = 10
"""How many of a key's comments are shown."""


@dataclass(slots=True)
class KeyStats:
    """All feedback of one key: how much, its scores, how often each category, some comments."""

    n: int = 0
    errors: int = 0
    scores: list[float] = field(default_factory=list)
    values: Counter[str] = field(default_factory=Counter)
    comments: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    @property
    def average(self) -> float | None:
        """Of the scores; None without any."""
        return sum(self.scores) / len(self.scores) if self.scores else None

    @property
    def spread(self) -> float | None:
        """The sample standard deviation; None for fewer than two scores."""
        return stdev(self.scores) if len(self.scores) > 1 else None

    def add(self, one: Feedback) -> None:
        """Count a feedback."""
        self.n += 1
        self.errors += one.error is not None
        if one.score is not None:
            self.scores.append(one.score)
        for value in one.value if isinstance(one.value, list) else [one.value]:
            if isinstance(value, str | bool | int | float):
                self.values[str(value)] += 1
        if one.comment and len(self.comments) < COMMENTS:
            self.comments.append(one.comment)
        if one.source not in self.sources:
            self.sources.append(one.source)


def by_key(given: Iterable[Feedback]) -> dict[str, KeyStats]:
    """The stats of feedback."""
    found: dict[str, KeyStats] = {}
    for one in given:
        found.setdefault(one.key, KeyStats()).add(one)
    return found


_COLUMNS = ("id", "key", "score", "value", "comment", "error", "source", "run_uuid", "trace_uuid", "target")


def of_runs(
    feedback: QuerySet[Feedback], *, roots: Mapping[UUID, UUID], runs: Collection[UUID]
) -> dict[UUID, dict[str, KeyStats]]:
    """The stats of each run; `roots` maps traces to their root runs, which words on the whole trace count for.

    One query.
    """
    of_run = Q(run_uuid__in=list(runs))
    of_trace = Q(target=Feedback.Target.TRACE, trace_uuid__in=list(roots))
    grouped: dict[UUID, list[Feedback]] = {}
    for one in feedback.filter(of_run | of_trace).only(*_COLUMNS).order_by("created_at", "id"):
        run = one.run_uuid or (roots.get(one.trace_uuid) if one.trace_uuid else None)
        if run:
            grouped.setdefault(run, []).append(one)
    return {run: by_key(given) for run, given in grouped.items()}
