"""Runs and threads of a queue side by side: the newer addresses, below `/platform/annotation-queues/{id}/items`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith import wire
from annotation.api.langsmith.errors import Invalid, Refusal
from annotation.api.langsmith.queues import writing
from annotation.api.langsmith.queues.base import MOST_COUNTED, QueueView
from annotation.api.langsmith.queues.items import MOST_AT_ONCE, READERS, StatusView, completed_between
from annotation.domain.access import Capability
from annotation.domain.queues import items, rubric_versions, sections, state, subjects
from annotation.domain.queues.sections import Section
from annotation.domain.queues.subjects import Subject
from annotation.domain.reviews import finals
from annotation.domain.reviews.finals import Agreement, Outcome
from annotation.models import Item, Project, Queue, Trace

_SECTIONS = {
    "needs_my_review": Section.MINE,
    "needs_others_review": Section.OTHERS,
    "archived": Section.COMPLETED,
}
_NAMES = {section: name for name, section in _SECTIONS.items()}
_KINDS = {"RUN": [Item.Kind.RUN, Item.Kind.TRACE], "THREAD": [Item.Kind.THREAD]}


class MixedView(QueueView):
    """A view of both kinds of items."""

    def standing(self, queue: Queue) -> QuerySet[Item]:
        """All items that this protocol knows, or those of `item_type`."""
        named = self.request.query_params.get("item_type")
        if named and named not in _KINDS:
            raise Invalid(f"item_type has to be one of: {', '.join(_KINDS)}.")
        kinds = _KINDS[named] if named else [*_KINDS["RUN"], *_KINDS["THREAD"]]
        rows = self.visible(Item).filter(queue=queue, kind__in=kinds).exclude(state=Item.State.REMOVED)
        return self._began(rows.select_related("queue__workspace"))

    def item(self, queue: Queue, uuid: UUID) -> Item:
        """An item by its own id, or 404."""
        found = self.standing(queue).filter(uuid=uuid).first()
        if found is None:
            raise NotFound("There is no such item in this annotation queue.")
        return found

    def section(self) -> Section | None:
        """The section that `status` names; None for `all`. Raises Invalid."""
        named = self.request.query_params.get("status", "")
        if named not in {*_SECTIONS, "all"}:
            raise Invalid(f"status has to be one of: {', '.join(_SECTIONS)}.")
        return _SECTIONS.get(named)

    def rows(self, queue: Queue) -> QuerySet[Item]:
        """The items of the section that is asked for."""
        section, rows = self.section(), self._differing(queue, self.standing(queue))
        return rows if section is None else sections.of_section(rows, section, self.actor.person)

    def outcomes(self, queue: Queue, found: Sequence[Item]) -> Mapping[int, Outcome]:
        """How far the reviewers of items agree, for who may settle them."""
        return finals.of_items(found, rubric_versions.questions_of(queue)) if self.actor.may(Capability.EDIT) else {}

    def _differing(self, queue: Queue, rows: QuerySet[Item]) -> QuerySet[Item]:
        """Those on which reviewers differ, or of which that is still open, where the query asks so. Raises Invalid."""
        only, unresolved = self.request.query_params.get("agreement"), wire.flag(self.request, "has_unresolved_keys")
        if only is None and unresolved is None:
            return rows
        if only not in {None, Agreement.DISAGREED}:
            raise Invalid("agreement has to be disagreed.")
        if not self.actor.may(Capability.EDIT) or self.request.query_params.get("status") != "archived":
            raise Invalid("agreement and has_unresolved_keys take status=archived, and a key of an editor.")
        asked = rubric_versions.questions_of(queue)
        differ = finals.differs(asked)
        rows = rows.filter(differ) if only else rows
        match unresolved:
            case True:
                return rows.filter(differ, adjudicated_at__isnull=True)
            case False:
                return rows.filter(finals.has_result(asked)).exclude(differ & Q(adjudicated_at__isnull=True))
            case _:
                return rows

    def _began(self, rows: QuerySet[Item]) -> QuerySet[Item]:
        traces = Trace.objects.filter(workspace=OuterRef("workspace"), uuid=OuterRef("trace_uuid"))
        for name, lookup in (("min_start_time", "started_at__gte"), ("max_start_time", "started_at__lte")):
            if value := self.request.query_params.get(name):
                rows = rows.filter(Exists(traces.filter(**{lookup: wire.parsed_time(value, name)})))
        return rows


class MixedListView(MixedView):
    """`/platform/annotation-queues/{id}/items`."""

    needs = {"GET": READERS, "POST": Capability.EDIT}

    def get(self, request: Request, uuid: UUID) -> Response:
        """A page of one section, in the caller's order."""
        queue, asked = self.queue(uuid), request.query_params
        size = wire.number(asked.get("page_size", wire.DEFAULT_SIZE), "page_size", least=1, most=wire.LARGEST_SIZE)
        rows = writing.with_item_parts(sections.in_line(self.rows(queue), queue, self.actor.person), timezone.now())
        cursor, is_back = asked.get("cursor"), asked.get("direction") == "backward"
        if is_back and not cursor:
            raise Refusal(400, "direction=backward needs a cursor, which it goes back from.")
        if cursor:
            beside = sections.before if is_back else sections.after
            rows = beside(rows, self._last(queue, cursor), self.actor.person)
        found = list(rows[: size + 1])
        following = str(found[size - 1].uuid) if len(found) > size else None
        found = found[:size][::-1] if is_back else found[:size]
        return Response(wire.items(writing.mixed(found, self.outcomes(queue, found)), following))

    def post(self, _request: Request, uuid: UUID) -> Response:
        """Put runs and threads into the queue, each once, all or none."""
        queue, sent = self.queue(uuid), self.one().get("items")
        if not isinstance(sent, list) or len(sent) > MOST_AT_ONCE or not all(isinstance(one, dict) for one in sent):
            raise Invalid(f"items has to be an array of at most {MOST_AT_ONCE} objects.")
        added = [item.pk for item in self.placed(queue, self._subjects(sent))]
        rows = writing.with_item_parts(self.standing(queue).filter(pk__in=added), timezone.now())
        found = list(rows.order_by("id"))
        return Response({"items": writing.mixed(found, self.outcomes(queue, found))})

    def _last(self, queue: Queue, cursor: str) -> Item:
        rows = self.visible(Item).filter(queue=queue).select_related("queue")
        last = rows.filter(uuid=wire.parsed_uuid(cursor, "cursor")).first()
        if last is None:
            raise Refusal(400, "cursor is none that this list gave out.")
        return last

    def _subjects(self, sent: list[dict[str, Any]]) -> list[Subject]:
        threads = [one for one in sent if _kind(one) == "THREAD"]
        runs = [wire.parsed_uuid(one.get("run_id"), "run_id") for one in sent if _kind(one) == "RUN"]
        return [*self.subjects_of(runs), *(self._thread(one) for one in threads)]

    def _thread(self, sent: Mapping[str, Any]) -> Subject:
        project = wire.parsed_uuid(sent.get("project_id") or sent.get("session_id"), "project_id")
        thread = sent.get("thread_id")
        if not isinstance(thread, str) or not thread:
            raise Invalid("thread_id has to be a text.")
        traces = self.visible(Trace).filter(project__in=self.visible(Project).filter(uuid=project), thread_id=thread)
        found = traces.values_list("project_id", flat=True).first()
        if found is None:
            raise NotFound(f"This thread is not there (yet); nothing was added: {thread}")
        return subjects.of_thread(found, thread)


def _kind(sent: Mapping[str, Any]) -> str:
    kind = str(sent.get("item_type") or ("RUN" if sent.get("run_id") else "THREAD"))
    if kind not in _KINDS:
        raise Invalid(f"item_type has to be one of: {', '.join(_KINDS)}.")
    return kind


class MixedDeleteView(MixedView):
    """POST /platform/annotation-queues/{id}/items/delete."""

    needs = {"POST": Capability.EDIT}

    def post(self, _request: Request, uuid: UUID) -> Response:
        """Take the named items out of the queue for everybody; their reviews stay."""
        queue = self.queue(uuid)
        named = wire.parsed_uuids(self.one().get("item_ids"), "item_ids", most=MOST_COUNTED)
        gone = self.standing(queue).filter(uuid__in=named)
        items.remove_all(queue=queue, items=gone, by=self.person)
        return Response({})


class MixedItemView(MixedView):
    """PATCH /platform/annotation-queues/{id}/items/{item}."""

    needs = {"PATCH": Capability.EDIT}

    def patch(self, _request: Request, uuid: UUID, item: UUID) -> Response:
        """Say when it was added, which moves it in nobody's line."""
        queue = self.queue(uuid)
        found = self.redated(self.item(queue, item))
        return Response(writing.mixed([found], self.outcomes(queue, [found]))[0])


class MixedCountView(MixedView):
    """GET /platform/annotation-queues/{id}/items/count."""

    needs = {"GET": READERS}

    def get(self, request: Request, uuid: UUID) -> Response:
        """How many items stand in a section, or in all, up to 10,000."""
        rows = self.rows(self.queue(uuid))
        if request.query_params.get("status") == "archived":
            rows = completed_between(request, rows)
        return Response({"count": rows.order_by()[:MOST_COUNTED].count()})


class MixedPlaceView(MixedView):
    """GET /platform/annotation-queues/{id}/items/{item}/placement."""

    needs = {"GET": READERS}

    def get(self, _request: Request, uuid: UUID, item: UUID) -> Response:
        """The section that the item stands in for the caller, its place there from zero, and the cursor that leads to it."""
        queue = self.queue(uuid)
        found = self.item(queue, item)
        place = self.place(queue, found)
        return Response(
            {
                "section": _NAMES[place.section],
                "position": place.position,
                "item_type": writing.item_type(found),
                "cursor": place.before,
            }
        )


class MixedStatusView(StatusView):
    """POST /platform/annotation-queues/items/{item}/status: as the older address, and says what came of it."""

    def post(self, _request: Request, item: UUID) -> Response:
        """Reserve, complete or give back an item, or put it off."""
        status = self.said(self.found_item(item))
        found = self.found_item(item)
        return Response(
            {
                "queue_item_id": found.uuid,
                "status": status,
                "override_added_at": self.one().get("override_added_at"),
                "is_archived": found.state in state.FULL,
            }
        )
