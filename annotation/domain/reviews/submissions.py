"""What somebody has submitted, as they know it: their reviews, and what they answered where an item served to see how they judge.

These lie apart (`models.Probe`), and whoever could tell one from the other would judge otherwise. So of an item that was given
again the later answers stand for the review, and while it is on the screen again there is none. Nothing here is for those
who read what others said.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from annotation.domain import statements
from annotation.domain.paging import Page, cursor_of, page
from annotation.domain.reviews import content
from annotation.domain.reviews.content import KeptStep, Label, Passage, ReviewInput
from annotation.models import Item, Probe, Review, User

ORDER = ("-modified_at", "-uuid")
_PROBE_ORDER = ("-submitted_at", "-uuid")
_UNKNOWN = UUID(int=0)
"""Of a label that may have been coined in an answer which coins none."""


def page_of(
    reviews: QuerySet[Review], probes: QuerySet[Probe], *, size: int, cursor: str | None = None
) -> Page[Review]:
    """Of these reviews and probes, of one person, the page after `cursor`, the latest first. Raises BadCursorError."""
    given = page(known(reviews), order=ORDER, size=size, cursor=cursor)
    tested = page(standing(probes), order=_PROBE_ORDER, size=size, cursor=cursor)
    both = [*given.rows, *(as_review(probe) for probe in tested.rows)]
    rows = sorted(both, key=lambda one: (one.modified_at, one.uuid), reverse=True)[:size]
    is_last = len(both) <= size and not (given.next_cursor or tested.next_cursor)
    return Page(rows, None if is_last or not rows else cursor_of(ORDER, rows[-1]))


def on_items(items: Collection[Item], person: User) -> dict[int, Review]:
    """What the person submitted last on each of these items, by the item's inside id; two statements."""
    reviews = Review.objects.select_related("rubric").filter(item__in=items, reviewer=person)
    probes = Probe.objects.filter(item__in=items, reviewer=person)
    found = {review.item_id: review for review in known(reviews)}
    return found | {probe.item_id: as_review(probe) for probe in standing(probes)}


def on_item(item: Item, person: User) -> Review | None:
    """The same of one item; of most that are opened it is nothing, which is found out in one statement that is planned already."""
    ((has_any,),) = statements.ask(_HAS_ANY, {"item": item.pk, "person": person.pk})()
    return on_items([item], person).get(item.pk) if has_any else None


# Among the few of the item (+ 0), as `queues.line` looks for them.
_HAS_ANY = """
SELECT EXISTS (SELECT FROM annotation_review r WHERE r.item_id = %(item)s AND r.reviewer_id + 0 = %(person)s)
  OR EXISTS (SELECT FROM annotation_probe p WHERE p.item_id = %(item)s AND p.reviewer_id + 0 = %(person)s)
"""


def named(uuid: UUID, person: User, *, reviews: QuerySet[Review], items: QuerySet[Item]) -> Review | None:
    """The review with this outside id among those that the person may see, their own as they know it; None without one."""
    review = reviews.filter(uuid=uuid).first()
    if review and review.reviewer_id != person.pk:
        return review
    about = (
        Item.objects.filter(pk=review.item_id) if review else items.filter(probes__uuid=uuid, probes__reviewer=person)
    )
    item = about.select_related("queue").first()
    own = on_item(item, person) if item else None
    return own if own and own.uuid == uuid else None


def known(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Without those in whose place later answers stand, or whose item its reviewer is to judge anew."""
    probes = Probe.objects.filter(item=OuterRef("item"), reviewer=OuterRef("reviewer"))
    is_anew = Exists(probes.filter(submitted_at=None, closed_at=None))
    is_later = Exists(probes.filter(submitted_at__gt=OuterRef("modified_at")))
    return reviews.exclude(is_anew).exclude(is_later)


def standing(probes: QuerySet[Probe]) -> QuerySet[Probe]:
    """Those that are answered, and were not followed by an edit of the review; with what `as_review` reads."""
    before = Review.objects.filter(item=OuterRef("item"), reviewer=OuterRef("reviewer"))
    rows = probes.filter(submitted_at__isnull=False).exclude(
        Exists(before.filter(modified_at__gte=OuterRef("submitted_at")))
    )
    related = rows.select_related("item__queue", "reviewer", "rubric")
    return related.annotate(before_uuid=Subquery(before.values("uuid")[:1]))


def as_review(probe: Probe) -> Review:
    """What looks like the review that the person believes to have given; it is stored nowhere."""
    said = content.read_draft(probe.content) if probe.content else _of_columns(probe)
    submitted_at = probe.submitted_at or probe.given_at
    return Review(
        uuid=getattr(probe, "before_uuid", None) or probe.uuid,
        item=probe.item,
        reviewer=probe.reviewer,
        rubric=probe.rubric or probe.item.queue.rubric,
        submitted_at=submitted_at,
        modified_at=submitted_at,
        submission_count=probe.times_submitted,
        active_ms=probe.active_ms,
        **_columns(said, probe),
    )


def _of_columns(probe: Probe) -> ReviewInput:
    """Of a probe that was answered before its content was kept whole."""
    return ReviewInput(
        answers=probe.answers,
        labels=tuple(probe.labels),
        layer=probe.layer,
        first_failing_run_uuid=probe.first_failing_run_uuid,
        note=probe.note,
    )


def _columns(said: ReviewInput, probe: Probe) -> dict[str, Any]:
    is_proposed = said.correction is not None
    state = Review.Correction.ACCEPTED if probe.item.queue.accepts_at_once else Review.Correction.PROPOSED
    return {
        "answers": said.answers,
        "labels": [_label(name, said).model_dump(mode="json") for name in said.labels],
        "layer": said.layer,
        "first_failing_run_uuid": said.first_failing_run_uuid,
        "steps": [_step(step).model_dump(mode="json") for step in said.steps],
        "correction": said.correction,
        "corrected_run_uuid": said.corrected_run_uuid,
        "corrected_part": said.corrected_part,
        "correction_state": state if is_proposed else Review.Correction.NONE,
        "note": said.note,
    }


def _label(name: str, said: ReviewInput) -> Label:
    marked = tuple(Passage(run=one.run, text=one.text) for one in said.evidence if one.label == name)
    return Label(failure_mode=_UNKNOWN, name=name, evidence=marked)


def _step(step: content.StepJudgement) -> KeptStep:
    labels = tuple(Label(failure_mode=_UNKNOWN, name=name) for name in step.labels)
    return KeptStep(run=step.run, thumb=step.thumb, labels=labels, note=step.note, answers=step.answers)
