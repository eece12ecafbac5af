"""What stands in a queue: added, listed, taken by a reviewer, completed, put off, removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith import wire
from annotation.api.langsmith.errors import Invalid
from annotation.api.langsmith.queues import writing
from annotation.api.langsmith.queues.base import MOST_COUNTED, QueueView, refusals
from annotation.domain.access import Capability
from annotation.domain.queues import admission, assignment, items, sections, state
from annotation.domain.queues.sections import Section
from annotation.domain.reviews import spoken
from annotation.models import Item, Queue, Review

READERS = (Capability.READ, Capability.REVIEW)
MOST_AT_ONCE = 1000


class ItemListView(QueueView):
    """`/annotation-queues/{id}/runs`."""

    needs = {"GET": READERS, "POST": Capability.EDIT}

    def get(self, request: Request, uuid: UUID) -> Response:
        """The items as runs, in the caller's order; `status` for one of their sections."""
        queue, section = self.queue(uuid), self.section()
        rows = self.standing(queue)
        if section is not None:
            rows = sections.of_section(rows, section, self.actor.person)
        elif (is_archived := wire.flag(request, "archived")) is not None:
            rows = rows.filter(state__in=state.FULL) if is_archived else rows.filter(state=Item.State.OPEN)
        return Response(_page(self, queue, rows))

    def post(self, request: Request, uuid: UUID) -> Response:
        """Put runs into the queue, each once, all or none; what somebody removed comes back."""
        return _added(self, self.queue(uuid), request.data)


class ItemsByKeyView(QueueView):
    """POST /annotation-queues/{id}/runs/by-key: as above, with what would help to find a run."""

    needs = {"POST": Capability.EDIT}

    def post(self, request: Request, uuid: UUID) -> Response:
        """Put runs into the queue."""
        return _added(self, self.queue(uuid), request.data)


class PopulateView(QueueView):
    """POST /annotation-queues/populate."""

    needs = {"POST": Capability.EDIT}

    def post(self, _request: Request) -> Response:
        """Put the traces of projects (experiments) into a queue, or pairs of them into one of pairs; each once, all or none."""
        sent = self.one()
        queue = self.queue(wire.parsed_uuid(sent.get("queue_id"), "queue_id"))
        if writing.is_pairwise(queue):
            return Response({"message": f"{self.paired(queue, _named(sent, 'session_ids'))} pairs stand in the queue."})
        count = self.populated(queue, _named(sent, "session_ids"))
        return Response({"message": f"{count} traces stand in the queue."})


class ItemDeleteView(QueueView):
    """POST /annotation-queues/{id}/runs/delete."""

    needs = {"POST": Capability.EDIT}

    def post(self, _request: Request, uuid: UUID) -> Response:
        """Take runs out of the queue: those named, or all but those named."""
        queue, sent = self.queue(uuid), self.one()
        rows = self.standing(queue)
        if sent.get("delete_all"):
            gone = rows.exclude(self.about(_named(sent, "exclude_run_ids")))
        else:
            named = _named(sent, "run_ids")
            gone = rows.filter(self.about(named)) | rows.filter(uuid__in=named)
        items.remove_all(queue=queue, items=gone, by=self.person)
        return Response({})


class ItemView(QueueView):
    """`/annotation-queues/{id}/runs/{item or run}`."""

    needs = {"PATCH": Capability.EDIT, "DELETE": Capability.EDIT}

    def patch(self, _request: Request, uuid: UUID, item: UUID) -> Response:
        """Say when it was added, which moves it in nobody's line."""
        self.redated(self.item(self.queue(uuid), item))
        return Response({})

    def delete(self, _request: Request, uuid: UUID, item: UUID) -> Response:
        """Take it out of the queue for everybody; its reviews stay."""
        items.remove(item=self.item(self.queue(uuid), item), by=self.person)
        return Response({})


class ItemAtView(QueueView):
    """GET /annotation-queues/{id}/run/{index}."""

    needs = {"GET": READERS}

    def get(self, request: Request, uuid: UUID, index: int) -> Response:
        """The item at this place of what the caller has to review; 404 past the end."""
        queue = self.queue(uuid)
        rows = sections.of_section(self.standing(queue), Section.MINE, self.actor.person)
        found = _in_line(self, queue, rows)[index : index + 1] if index < MOST_COUNTED else rows.none()
        runs = writing.items(list(found), request)
        if not runs:
            raise NotFound("There is no run at this place of the annotation queue.")
        return Response(runs[0])


class ItemPlaceView(QueueView):
    """GET /annotation-queues/{id}/runs/resolve/{item}."""

    needs = {"GET": READERS}

    def get(self, _request: Request, uuid: UUID, item: UUID) -> Response:
        """The section that the item stands in for the caller, and its place there from zero."""
        queue = self.queue(uuid)
        place = self.place(queue, self.item(queue, item))
        return Response({"section": place.section, "position": place.position})


class SizeView(QueueView):
    """How many items stand in a queue: `size` for the caller's section, `total_size` for all."""

    needs = {"GET": READERS}
    kinds = (*QueueView.kinds, Item.Kind.PAIR)
    is_archived = False

    def get(self, request: Request, uuid: UUID) -> Response:
        """The number, up to 10,000."""
        rows = self.standing(self.queue(uuid))
        if self.is_archived:
            rows = completed_between(request, rows.filter(state__in=state.FULL))
        elif (section := self.section()) is not None:
            rows = sections.of_section(rows, section, self.actor.person)
        return Response({"size": rows.order_by()[:MOST_COUNTED].count()})


class OwnSizeView(SizeView):
    """GET /annotation-queues/{id}/size: what the caller has to review, unless `status` says otherwise."""

    def section(self) -> Section:
        """The section that is counted."""
        return super().section() or Section.MINE


class StatusView(QueueView):
    """POST /annotation-queues/status/{item}."""

    needs = {"POST": Capability.REVIEW}

    def post(self, _request: Request, item: UUID) -> Response:
        """`viewed` reserves the item for the caller, `completed` submits their review, null gives it back.

        With `override_added_at` the item moves to the end of the caller's own line.
        """
        self.said(self.found_item(item))
        return Response({})

    def said(self, found: Item) -> str | None:
        """Do what the body says; the status that it names. Raises Refusal."""
        sent, now = self.one(), timezone.now()
        status = sent.get("status")
        if status not in {None, "viewed", "completed"}:
            raise Invalid("status has to be viewed, completed or null.")
        with refusals():
            admission.require_reviewer(found.queue, self.person)
            if status == "viewed":
                assignment.claim_item(item=found, by=self.person, now=now)
            elif status == "completed":
                spoken.complete(item=found, by=self.person, now=now)
            elif not sent.get("override_added_at"):
                assignment.release(item=found, by=self.person)
            if sent.get("override_added_at") and status != "completed":
                assignment.skip(item=found, by=self.person, now=now)
        return status

    def found_item(self, uuid: UUID) -> Item:
        """The item, whatever it is about, or 404."""
        rows = self.visible(Item).filter(queue__in=self.queues().values("pk")).exclude(state=Item.State.REMOVED)
        found = rows.select_related("queue__rubric").filter(uuid=uuid).first()
        if found is None:
            raise NotFound("There is no such item in an annotation queue.")
        return found


class QueuesOfRunView(QueueView):
    """GET /annotation-queues/{run}/queues."""

    needs = {"GET": READERS}

    def get(self, _request: Request, uuid: UUID) -> Response:
        """The queues that the run stands in."""
        rows = self.visible(Item).filter(self.about([uuid])).exclude(state=Item.State.REMOVED)
        return Response(
            [writing.queue(one) for one in self.queues().filter(pk__in=rows.values("queue")).order_by("id")]
        )


def _added(view: QueueView, queue: Queue, sent: Any) -> Response:
    return Response(writing.added(view.placed(queue, view.subjects_of(_run_ids(sent))), queue.uuid))


def _page(view: QueueView, queue: Queue, rows: QuerySet[Item]) -> list[dict[str, Any]]:
    return writing.items(list(_in_line(view, queue, rows)[wire.window(view.request)]), view.request)


def _in_line(view: QueueView, queue: Queue, rows: QuerySet[Item]) -> QuerySet[Item]:
    return writing.with_item_parts(sections.in_line(rows, queue, view.actor.person), timezone.now())


def completed_between(request: Request, rows: QuerySet[Item]) -> QuerySet[Item]:
    """The items with a review that was given in the window that the query names, if any."""
    window = {
        condition: wire.parsed_time(value, name)
        for name, condition in (("start_time", "submitted_at__gte"), ("end_time", "submitted_at__lt"))
        if (value := request.query_params.get(name))
    }
    given = Review.objects.filter(item=OuterRef("pk"), **window)
    return rows.filter(Exists(given)) if window else rows


def _run_ids(sent: Any) -> list[UUID]:
    """Runs as ids, or as objects with `run_id` (and what would help to find them, which is not needed here)."""
    if not isinstance(sent, list) or len(sent) > MOST_AT_ONCE:
        raise Invalid(f"Send an array of at most {MOST_AT_ONCE} runs.")
    return [wire.parsed_uuid(one.get("run_id") if isinstance(one, dict) else one, "run_id") for one in sent]


def _named(sent: Mapping[str, Any], name: str) -> list[UUID]:
    return wire.parsed_uuids(sent.get(name) or [], name, most=MOST_COUNTED)
