"""What a reviewer is shown with an item: what it asks, what they gave or typed before, and what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation.domain.queues import (
    blinded,
    blindness,
    counts,
    probes,
    queries,
    rubric,
    rubric_changes,
    rubric_versions,
)
from annotation.domain.queues.assignment import Claim
from annotation.domain.queues.blinded import Known
from annotation.domain.queues.counts import Counts
from annotation.domain.queues.rubric import Rubric
from annotation.domain.reviews import asked_steps, drafts, originals, submissions
from annotation.domain.reviews.content import Evidence, ReviewInput, marked, read_labels
from annotation.domain.reviews.drafts import SavedDraft
from annotation.domain.reviews.history import as_input
from annotation.domain.reviews.steps import STEP_THUMB
from annotation.models import FailureMode, Feedback, Item, Probe, Project, Queue, Review, RubricVersion, Trace, User

STEP_THUMBS = ("thumbs", STEP_THUMB)
"""Keys of feedback that the outline shows as a thumb on the run."""

MOST_SAID = 500
"""Of feedback that is shown with an item."""

MOST_MARKED = 20
"""Of the person's other reviews of the same traces, whose marked passages are shown."""

MOST_WHOLE = 5
"""How many traces of a thread under review are shown with all their steps."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An item on a reviewer's screen.

    `content` is what fills the form: their draft (then `restored_at` says from when), else their review, else nothing.
    `new` are the keys of questions for which they are asked again, `grown` those of them that have only more to choose from,
    `misfits` those whose answer is not taken any more. `seen` is how often they have submitted it so far. `expires_at` is None when they only edit what they gave.
    `known` is what they may know of how the item stands.
    """

    item: Item
    queue: Queue
    expires_at: datetime | None
    version: RubricVersion
    rubric: Rubric
    content: ReviewInput
    restored_at: datetime | None
    seen: int
    known: Known
    new: frozenset[str] = frozenset()
    grown: frozenset[str] = frozenset()
    misfits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the queue is, and how many reviews of it are the person's."""

    counts: Counts
    own_count: int


def opened(claim: Claim, *, by: User) -> Opened:
    """All that the form needs, for the person who claimed the item."""
    return _opened(claim, by, drafts.load(item=claim.item, by=by), own_review(claim.item, by), {})


def own_review(item: Item, person: User) -> Review | None:
    """The person's review of the item, as far as their page knows: who is given an item again begins as everybody does."""
    return submissions.on_item(item, person)


def opened_each(claims: Sequence[Claim], *, by: User) -> list[Opened]:
    """The same for several items of one queue, in three statements and one for each older rubric that somebody began with."""
    items = [claim.item for claim in claims]
    typed = drafts.load_each(items=items, by=by)
    given, versions = submissions.on_items(items, by), dict[int, RubricVersion]()
    return [_opened(claim, by, typed.get(claim.item.pk), given.get(claim.item.pk), versions) for claim in claims]


def _opened(
    claim: Claim, by: User, draft: SavedDraft | None, review: Review | None, versions: dict[int, RubricVersion]
) -> Opened:
    item, queue = claim.item, claim.item.queue
    given = as_input(review) if review else ReviewInput()
    typed = draft.content if draft else given
    is_again = review is not None and review.is_asked_again
    version = _version(queue, None if is_again else typed.rubric_version, versions)
    asked = rubric_versions.asked_of(item, version, by)
    again = _asked_again(item, asked, review) if review and is_again else {}
    return Opened(
        item=item,
        queue=queue,
        expires_at=claim.expires_at,
        version=version,
        rubric=asked,
        content=typed,
        restored_at=draft.saved_at if draft and _says_anything(draft.content) else None,
        seen=review.submission_count if review else 0,
        known=blinded.known(item, queue, by),
        **again,
    )


def _version(queue: Queue, number: int | None, versions: dict[int, RubricVersion]) -> RubricVersion:
    """The version with this number, else the current one."""
    if number and number not in versions:
        versions[number] = rubric_versions.numbered(queue, number) or rubric_versions.current(queue)
    return versions[number] if number else rubric_versions.current(queue)


def _asked_again(item: Item, asked: Rubric, review: Review) -> dict[str, frozenset[str]]:
    """`new`, `grown` and `misfits` of an item that is opened; a question about steps is new where the item has such steps."""
    before = rubric.read(review.rubric.questions)
    changes = rubric_changes.between(asked, before)
    of_steps = {one.key for one in changes.new_of_steps}
    here = {one.question.key for one in asked_steps.of_item(item, asked)} if of_steps else set()
    new = frozenset({question.key for question in changes.new} | of_steps & here)
    known = {question.key for question in (*before.questions, *before.step_questions)}
    misfits = changes.misfits(review.answers) | changes.misfits_of_steps(review.steps)
    return {"new": new, "grown": new & known, "misfits": frozenset(misfits)}


def progress(queue: Queue, person: User, *, is_blind: bool = False) -> Progress:
    """For the head of the review page; as `queries.told` has it."""
    counted = queries.told(counts.standing(queue), queue, is_blind=is_blind)
    own = Review.objects.filter(item__queue=queue, reviewer=person)
    return Progress(counted, own.count() + probes.count(queue, person))


def turns(item: Item) -> tuple[list[Trace], list[Trace]]:
    """What was said before in the same thread, and the traces that the item is about; both oldest first.

    Of a long thread under review the last MOST_WHOLE traces are shown whole, those before them as earlier turns.
    """
    rows = Trace.objects.filter(workspace=item.workspace_id, uuid__in=originals.traces_of(item))
    rows = rows.select_related("project")
    traces = list(rows.order_by("started_at", "id"))
    if item.kind == Item.Kind.THREAD:
        return traces[:-MOST_WHOLE], traces[-MOST_WHOLE:]
    return originals.turns_before(traces), traces


def labels_of(project: Project | None) -> QuerySet[FailureMode]:
    """The failure modes that may be given, by group and oldest first, so that each keeps its place and its digit."""
    if project is None:
        return FailureMode.objects.none()
    return FailureMode.objects.filter(project=project, merged_into=None).order_by("group", "id")


def feedback_shown(traces: list[Trace], person: User, item: Item) -> list[Feedback]:
    """What was said about the traces, their thread if that is reviewed, and the thumbs on their steps, oldest first,
    without what the item's queue hides.

    The person's own words are among them, unless they are to judge anew.
    """
    if not traces:
        return []
    about = Q(trace_uuid__in=[trace.uuid for trace in traces])
    if (
        item.kind == Item.Kind.THREAD
    ):  # two projects may have threads of one id; words that name no project are about either
        here = Q(project=None) | Q(project=traces[0].project_id)
        about |= here & Q(target=Feedback.Target.THREAD, thread_id=item.thread_id)
    said = Feedback.objects.filter(about, workspace=traces[0].workspace_id)
    said = said.filter(Q(key__in=STEP_THUMBS) | Q(run_uuid=None)).select_related("author")
    again = Probe.objects.filter(item=OuterRef("review__item"), reviewer=person, submitted_at=None, closed_at=None)
    said = said.exclude(Exists(again))  # nor their own, where they are to judge anew
    hidden = Q(source__in=blindness.read(item.queue.blindness).unseen)
    mine = Q(author=person, source=Feedback.Source.REVIEWER)
    return list(said.filter(mine | ~hidden).order_by("created_at", "id")[:MOST_SAID])


def marked_before(item: Item, traces: list[Trace], person: User) -> list[Evidence]:
    """Passages that the person marked on these traces in reviews of other items; nobody else's, which would lead them."""
    mine = Review.objects.filter(item__workspace=item.workspace_id, reviewer=person).exclude(item=item)
    about = mine.filter(item__trace_uuid__in=[trace.uuid for trace in traces]).exclude(labels=[])
    found = about.order_by("-submitted_at").values_list("labels", flat=True)[:MOST_MARKED] if traces else ()
    return [one for labels in found for one in marked(read_labels(labels))]


def _says_anything(content: ReviewInput) -> bool:
    """Whether a draft is worth a word: more than time spent."""
    spoken = content.model_copy(
        update={"active_ms": 0, "rubric_version": None, "corrected_run_uuid": None, "corrected_part": ""}
    )
    return bool(spoken.document()) and spoken.document() != {"answers": {}}
