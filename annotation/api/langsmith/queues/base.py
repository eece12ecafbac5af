"""What views of queues share: finding queues, items and runs, and turning refusals of the domain into answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework.exceptions import NotFound, PermissionDenied

from annotation.api.langsmith import wire
from annotation.api.langsmith.base import View
from annotation.api.langsmith.errors import Invalid, Refusal
from annotation.api.langsmith.queues import writing
from annotation.domain.queues import items, pairing, sections, subjects
from annotation.domain.queues.items import QueueClosedError
from annotation.domain.queues.reasons import Origin, Reason
from annotation.domain.queues.refusals import ClaimError, NotAReviewerError
from annotation.domain.queues.sections import Section
from annotation.domain.queues.settings import QueueError
from annotation.domain.queues.subjects import Subject
from annotation.domain.reviews.rubric import InvalidReviewError
from annotation.domain.traces import matching
from annotation.domain.traces.matching.bounds import FilterTooSlow
from annotation.models import Item, Project, Queue, Run, Trace

Kind, State = Item.Kind, Item.State
MOST_POPULATED = 5_000
MOST_COUNTED = 10_000
"""A place in line is told up to here."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands for the caller: its section, its place there from zero, and the item before it, if one is.

    `position` is MOST_COUNTED for all places from there on.
    """

    section: Section
    position: int
    before: UUID | None


class QueueView(View):
    """A view of queues; an archived queue is one that was deleted there. `kinds` of items are what it speaks of."""

    kinds: ClassVar[Sequence[str]] = (Kind.RUN, Kind.TRACE)

    def queues(self) -> QuerySet[Queue]:
        """Those that the caller may see."""
        return writing.with_queue_parts(self.visible(Queue).exclude(status=Queue.Status.ARCHIVED))

    def queue(self, uuid: UUID) -> Queue:
        """One of them, or 404."""
        found = self.queues().filter(uuid=uuid).first()
        if found is None:
            raise NotFound("There is no annotation queue with this id.")
        return found

    def standing(self, queue: Queue) -> QuerySet[Item]:
        """The queue's items of these kinds; threads have other addresses, and pairs are read on the page alone."""
        rows = self.visible(Item).filter(queue=queue, kind__in=self.kinds).exclude(state=State.REMOVED)
        return rows.select_related("queue__workspace")

    def item(self, queue: Queue, uuid: UUID) -> Item:
        """An item by its own id, or by that of its run."""
        rows = self.standing(queue)
        found = rows.filter(uuid=uuid).first() or rows.filter(self.about([uuid])).order_by("id").first()
        if found is None:
            raise NotFound("There is no such run in this annotation queue.")
        return found

    def about(self, runs: Sequence[UUID]) -> Q:
        """Items about one of these runs, or about a trace whose root it is."""
        roots = self.visible(Run).filter(uuid__in=runs, parent_uuid__isnull=True)
        traces = roots.values_list("trace__uuid", flat=True)
        return Q(run_uuid__in=runs) | Q(kind=Kind.TRACE, trace_uuid__in=[*runs, *traces])

    def subjects_of(self, runs: Sequence[UUID]) -> list[Subject]:
        """What these runs are in our words: a root run stands for its trace. 404 names those that are not there."""
        rows = self.visible(Run).filter(uuid__in=runs).values_list("uuid", "trace__uuid", "trace__root_run_uuid")
        found = {uuid: (trace, root) for uuid, trace, root in rows}
        if missing := [str(uuid) for uuid in runs if uuid not in found]:
            raise NotFound(f"These runs are not there (yet); nothing was added: {', '.join(missing[:20])}.")
        return [
            subjects.of_trace(found[uuid][0]) if found[uuid][1] == uuid else subjects.of_run(found[uuid][0], uuid)
            for uuid in dict.fromkeys(runs)
        ]

    def placed(self, queue: Queue, wanted: Sequence[Subject]) -> list[Item]:
        """Put these into the queue, each once; what somebody removed comes back. The items of all of them."""
        reason = Reason(origin=Origin.API, by=str(self.person))
        with refusals():
            items.add(
                queue=queue, subjects=wanted, reason=reason, by=self.person, now=timezone.now(), is_restoring=True
            )
        return list(Item.objects.filter(queue=queue, subject__in=[subject.text for subject in wanted]).order_by("id"))

    def projects(self, sessions: Sequence[UUID]) -> list[Project]:
        """These projects (experiments), in their order, or 404."""
        found = {project.uuid: project for project in self.visible(Project).filter(uuid__in=sessions)}
        if not found or len(found) < len(set(sessions)):
            raise NotFound("session_ids has to name projects that are there; nothing was added.")
        return [found[uuid] for uuid in dict.fromkeys(sessions)]

    def paired(self, queue: Queue, sessions: Sequence[UUID]) -> int:
        """Put pairs of a trace of the one project and a trace of the other into the queue, each once, the oldest first; all or
        none. How many.

        A pair answers the same example of a dataset; where nothing here says which, it had the same input.
        """
        projects = self.projects(sessions)
        if len(projects) != 2:
            raise Invalid("session_ids of a pairwise queue has to name two projects; nothing was added.")
        one, other = (self.visible(Trace).filter(project=project) for project in projects)
        found = _matched(one, other, pairing.EXAMPLE) or _matched(one, other, pairing.INPUT)
        if not found:
            raise Invalid(
                "No trace of the one project has the example or the input of one of the other; nothing was added."
            )
        self.placed(queue, [subjects.of_pair(*pair) for pair in reversed(found)])
        return len(found)

    def populated(self, queue: Queue, sessions: Sequence[UUID]) -> int:
        """Put the traces of projects (experiments) into the queue, each once, the oldest first; all or none. How many."""
        projects = self.projects(sessions)
        traces = self.visible(Trace).filter(project__in=projects).order_by("started_at", "pk")
        found = list(traces.values_list("uuid", flat=True)[: MOST_POPULATED + 1])
        if len(found) > MOST_POPULATED:
            raise Invalid(f"These are more than {MOST_POPULATED:,} traces; nothing was added. Choose some with a rule.")
        self.placed(queue, [subjects.of_trace(uuid) for uuid in found])
        return len(found)

    def place(self, queue: Queue, item: Item) -> Place:
        """Where the item stands in the caller's line."""
        person = self.actor.person
        section = sections.section_of(item, person)
        rows = sections.in_line(sections.of_section(self.standing(queue), section, person), queue, person)
        line = list(rows.values_list("uuid", flat=True)[:MOST_COUNTED])
        position = line.index(item.uuid) if item.uuid in line else MOST_COUNTED
        return Place(section, position, line[position - 1] if 0 < position < MOST_COUNTED else None)

    def redated(self, item: Item) -> Item:
        """The item, added when the body says, if it says so; this moves it in nobody's line."""
        sent = self.one()
        if not sent.get("added_at"):
            return item
        return items.redate(item=item, added_at=wire.parsed_time(sent["added_at"], "added_at"), by=self.person)

    def section(self) -> Section | None:
        """The section that the query names. Raises Invalid."""
        named = self.request.query_params.get("status")
        if not named:
            return None
        try:
            return Section(named)
        except ValueError as problem:
            raise Invalid(f"status has to be one of: {', '.join(Section)}.") from problem


def _matched(one: QuerySet[Trace], other: QuerySet[Trace], by: str) -> Sequence[pairing.Pair]:
    """All pairs, those that began last first. Raises Invalid where finding them takes too long or they are too many."""
    try:
        with matching.bounded():
            found = pairing.matched(one, other, by=by, most=MOST_POPULATED + 1)
    except FilterTooSlow as problem:
        raise Invalid("Finding pairs in these projects takes too long; nothing was added.") from problem
    if len(found.pairs) > MOST_POPULATED or max(found.left_count, found.right_count) >= pairing.MOST_READ:
        raise Invalid(
            f"These are more than {MOST_POPULATED:,} pairs, or a project with {pairing.MOST_READ:,} traces or more; nothing was "
            "added. Choose some on the queue's page of pairs."
        )
    return found.pairs


@contextmanager
def refusals() -> Iterator[None]:
    """422 for what does not fit, 403 for who may not, 409 where the state of things stands against it."""
    try:
        yield
    except InvalidReviewError as problem:
        raise Invalid(f"The item is not completed: {problem}") from problem
    except QueueError as problem:
        raise Refusal(409 if "already" in str(problem) else 422, str(problem)) from problem
    except NotAReviewerError as problem:
        raise PermissionDenied(str(problem)) from problem
    except (ClaimError, QueueClosedError) as problem:
        raise Refusal(409, str(problem)) from problem
