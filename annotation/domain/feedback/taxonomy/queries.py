"""What pages and programs are shown of a taxonomy: modes with their uses, the uses themselves, and what was changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DateTimeField, F, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce

from annotation.domain.feedback.taxonomy import driving
from annotation.models import FailureMode, Feedback, TaxonomyChange

ORDER = ("project__name", "group", "name", "pk")
USES_ORDER = ("-id",)
MOST_CHANGES = 20
MOST_SPLIT = 10_000
"""So many uses may be split off at once."""

Kind = TaxonomyChange.Kind


@dataclass(frozen=True, slots=True)
class Told:
    """A change in words: what was done, and what undoing it will do; `obstacle` says why it cannot be undone now."""

    change: TaxonomyChange
    did: str
    undoing: str
    obstacle: str


def counted(modes: QuerySet[FailureMode], *, words: str = "") -> QuerySet[FailureMode]:
    """The living ones with `use_count` and `used_at`; `words` stand in the name, the definition or the group."""
    uses = Feedback.objects.filter(failure_mode=OuterRef("pk"))
    count = uses.order_by().values("failure_mode").annotate(count=Count("pk")).values("count")
    if words:
        modes = modes.filter(Q(name__icontains=words) | Q(definition__icontains=words) | Q(group__icontains=words))
    return modes.filter(merged_into=None).annotate(
        use_count=Coalesce(Subquery(count, output_field=IntegerField()), 0),
        used_at=Subquery(uses.order_by("-id").values("created_at")[:1], output_field=DateTimeField()),
    )


def uses(mode: FailureMode, *, among: QuerySet[Feedback], words: str = "") -> QuerySet[Feedback]:
    """The uses of a mode among what the asker may see; `words` stand in a passage that speaks for it."""
    rows = among.filter(failure_mode=mode).select_related("author", "review", "failure_mode")
    if not words:
        return rows
    return rows.annotate(said=Cast(F("review__labels"), TextField())).filter(said__icontains=words)


def passages(use: Feedback) -> list[str]:
    """What speaks for a use, in the reviewer's selection."""
    labels: Sequence[dict[str, Any]] = use.review.labels if use.review else ()
    mine = (label for label in labels if use.failure_mode and label.get("failure_mode") == str(use.failure_mode.uuid))
    return [str(one.get("text", "")) for label in mine for one in label.get("evidence", ())]


def told(changes: QuerySet[TaxonomyChange]) -> list[Told]:
    """The latest changes among these, with words; two statements."""
    rows = changes.select_related("mode", "other", "job", "created_by", "undone_by", "project")
    latest = list(rows.order_by("-id")[:MOST_CHANGES])
    return [Told(one, _did(one), _undoing(one), _obstacle(one, latest)) for one in latest]


def _did(change: TaxonomyChange) -> str:
    old, new = change.detail.get("from", ""), change.detail.get("to", "")
    count = f"{change.use_count:,} use{'' if change.use_count == 1 else 's'}"
    match change.kind:
        case Kind.MERGED:
            return f"Merged “{old}” into “{new}”, with {count}"
        case Kind.SPLIT:
            return f"Split “{new}” off “{old}”, with {count}"
        case Kind.GROUPED:
            return f"Put {old} under “{new}”" if new else f"Took {old} out of their group"
        case _:
            return f"Renamed “{old}” to “{new}”" if old != new else f"Defined “{old}” anew"


def _undoing(change: TaxonomyChange) -> str:
    old, new = change.detail.get("from", ""), change.detail.get("to", "")
    match change.kind:
        case Kind.MERGED:
            return (
                f"“{old}” comes back, with what it had ({change.use_count:,}). Reviews that were edited since, and "
                f"labels given since, stay “{new}”."
            )
        case Kind.SPLIT:
            return f"“{new}” ends, and all its uses, those given since too, become “{old}” again."
        case Kind.GROUPED:
            return "They stand again where they stood; those grouped differently since stay."
        case _:
            return f"It is called “{old}” again, with its earlier definition, in all its uses."


def _obstacle(change: TaxonomyChange, latest: Sequence[TaxonomyChange]) -> str:
    if change.undone_at:
        return f"undone by {change.undone_by}"
    if driving.is_carrying(change):
        return "uses are still being carried over"
    mine = {change.mode_id, change.other_id} - {None}
    later = [one for one in latest if one.pk > change.pk and not one.undone_at and mine & {one.mode_id, one.other_id}]
    return f"first undo: {_did(later[0])}" if later else ""
