"""What came of comparing: how often each project, model, name or value of a metadata key won, and how strong that makes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from annotation.domain import agreement
from annotation.domain.agreement.strengths import Comparison, Strength
from annotation.domain.queues.pairing import METADATA
from annotation.domain.queues.pairs import PREFERENCE, SCORES, Preferred
from annotation.models import Item, Queue, Review, Trace

MOST = 20_000
"""Figures are over the latest so many reviews."""

MOST_LISTED = 200
"""Of items that are listed for a figure."""

PROJECT, MODEL, NAME = "project", "model", "name"
NAMED = (PROJECT, MODEL, NAME)
"""What traces may be compared by, beside the values of a metadata key."""
UNKNOWN = "(none)"


@dataclass(frozen=True, slots=True)
class Met:
    """One review of a pair: who met whom (names by the item's first and other trace), and what was preferred."""

    item: int
    first: str
    other: str
    preferred: str
    is_swapped: bool

    @property
    def score(self) -> float:
        """Of the first."""
        return SCORES[self.preferred][0]

    @property
    def is_left_preferred(self) -> bool:
        """Whether the side that stood left won."""
        return self.preferred == (Preferred.OTHER if self.is_swapped else Preferred.FIRST)


@dataclass(frozen=True, slots=True)
class Duel:
    """Two competitors by name, from the view of `one`: reviews won, tied, lost, and its share with ties as halves."""

    one: str
    other: str
    won: int
    tied: int
    lost: int

    @property
    def win_rate(self) -> float:
        """From 0 to 1."""
        return (self.won + self.tied / 2) / (self.won + self.tied + self.lost)


@dataclass(frozen=True, slots=True)
class Results:
    """All figures of a queue's pairs. `alike` reviews compared two of the same name, and say nothing of it.

    `decided` are reviews without a tie; `left_rate` is how often the left side won them: far from a half, sides had a say.
    """

    met: tuple[Met, ...]
    strengths: tuple[Strength, ...]
    duels: tuple[Duel, ...]
    alike: int
    ties: int
    decided: int
    left_rate: float | None

    def items(self, one: str, other: str = "") -> list[int]:
        """The items (inside ids) in which this name met another (a certain one, if named)."""
        wanted = [
            met.item
            for met in self.met
            if met.first != met.other
            and one in (met.first, met.other)
            and (not other or other in (met.first, met.other))
        ]
        return list(dict.fromkeys(wanted))


def results(queue: Queue, by: str) -> Results:
    """Of the latest MOST reviews; `by` is one of NAMED or "metadata.KEY". Two statements, whatever the queue's size."""
    rows = Review.objects.filter(item__queue=queue, item__kind=Item.Kind.PAIR, answers__has_key=PREFERENCE)
    rows = rows.exclude(item__state=Item.State.REMOVED).order_by("-id")
    said = list(
        rows.values_list("item_id", "item__trace_uuid", "item__other_trace_uuid", "answers", "is_swapped")[:MOST]
    )
    names = _names(queue, {uuid for row in said for uuid in row[1:3] if uuid}, by)
    met = tuple(
        Met(item, names.get(first, UNKNOWN), names.get(other, UNKNOWN), answers[PREFERENCE], bool(is_swapped))
        for item, first, other, answers, is_swapped in said
    )
    return figured(met)


def figured(met: Sequence[Met]) -> Results:
    """The figures of these reviews."""
    told = [one for one in met if one.first != one.other]
    decided = [one for one in met if one.preferred in {Preferred.FIRST, Preferred.OTHER}]
    left = sum(one.is_left_preferred for one in decided)
    return Results(
        met=tuple(met),
        strengths=tuple(agreement.strengths(Comparison(one.first, one.other, one.score) for one in told)),
        duels=tuple(_duels(told)),
        alike=len(met) - len(told),
        ties=len(met) - len(decided),
        decided=len(decided),
        left_rate=left / len(decided) if decided else None,
    )


def listed(found: Results, items: Sequence[int]) -> list[tuple[Item, tuple[str, ...]]]:
    """The first MOST_LISTED of these items, by number, with what was said of each in words."""
    said: dict[int, list[str]] = {}
    for met in reversed(found.met):
        said.setdefault(met.item, []).append(_worded(met))
    rows = Item.objects.filter(pk__in=items).order_by("number")[:MOST_LISTED]
    return [(item, tuple(said[item.pk])) for item in rows]


def _worded(met: Met) -> str:
    match met.preferred:
        case Preferred.FIRST:
            return f"{met.first} over {met.other}"
        case Preferred.OTHER:
            return f"{met.other} over {met.first}"
        case Preferred.BOTH:
            return f"{met.first} and {met.other} alike"
        case _:
            return f"neither {met.first} nor {met.other}"


def _duels(told: Sequence[Met]) -> list[Duel]:
    counted: dict[tuple[str, str], Counter[float]] = {}
    for met in told:
        one, other = sorted((met.first, met.other))
        score = met.score if met.first == one else 1 - met.score
        counted.setdefault((one, other), Counter())[score] += 1
    return [Duel(one, other, found[1.0], found[0.5], found[0.0]) for (one, other), found in sorted(counted.items())]


def _names(queue: Queue, uuids: set[UUID], by: str) -> Mapping[UUID | None, str]:
    rows = Trace.objects.filter(workspace=queue.workspace_id, uuid__in=uuids)
    if by == PROJECT:
        return {uuid: name for uuid, name in rows.values_list("uuid", "project__name")}  # noqa: C416 -- a mapping of wider keys
    if by == MODEL:
        return {uuid: ", ".join(names) or UNKNOWN for uuid, names in rows.values_list("uuid", "model_names")}
    if by == NAME:
        return {uuid: name or UNKNOWN for uuid, name in rows.values_list("uuid", "name")}
    key = by.removeprefix(METADATA)
    return {uuid: _shown(metadata.get(key)) for uuid, metadata in rows.values_list("uuid", "metadata")}


def _shown(value: object) -> str:
    return UNKNOWN if value is None or value == "" else str(value)[:120]
