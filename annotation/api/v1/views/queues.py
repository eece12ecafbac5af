"""Queues and what stands in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api import choices, sight
from annotation.api.errors import ApiError
from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.items import (
    AddedSerializer,
    ClaimSerializer,
    ItemSerializer,
    NewItemsSerializer,
    shown_to,
)
from annotation.api.v1.serializers.queues import (
    AskedAgainSerializer,
    QueueChangeSerializer,
    QueueSerializer,
    RubricPreviewSerializer,
    WholeQueueSerializer,
)
from annotation.api.v1.views.claims import claimed
from annotation.api.v1.views.refusals import refusals
from annotation.domain import access
from annotation.domain.access import Capability
from annotation.domain.paging import Page
from annotation.domain.queues import (
    asking_again,
    assignment,
    blinded,
    items,
    lifecycle,
    queries,
    rubric,
    rubric_versions,
    shown,
    subjects,
)
from annotation.domain.queues.queries import QueueCard
from annotation.domain.queues.reasons import Origin, Reason
from annotation.domain.queues.shown import Shown
from annotation.domain.queues.sight import WHOLE
from annotation.domain.queues.subjects import Subject
from annotation.models import Dataset, Item, Project, Queue, Run, Trace, User

READERS = (Capability.READ, Capability.REVIEW)
STATE = OpenApiParameter("state", OpenApiTypes.STR, enum=[one.value for one in Shown], description="Default: all.")

WITH_RUBRIC = OpenApiExample(
    "With a rubric",
    {
        "name": "Refunds",
        "instructions": "Was the customer told the truth?",
        "reviewers_per_item": 2,
        "decides": "editor",
        "rubric": {
            "questions": [
                {"key": "correct", "kind": "verdict", "label": "Is the answer right?", "is_required": True},
                {
                    "key": "tone",
                    "kind": "choice",
                    "label": "Tone",
                    "options": [{"key": "friendly", "label": "Friendly"}, {"key": "curt", "label": "Curt"}],
                },
                {
                    "key": "wrong",
                    "kind": "text",
                    "label": "What is wrong?",
                    "visible_if": {"question": "correct", "any_of": ["bad"]},
                    "required_if": {"question": "correct", "any_of": ["bad"]},
                },
            ],
            "parts": {"layer": False, "first_failing_step": False},
        },
    },
    request_only=True,
)


class QueueResource(Resource):
    """What views of queues share."""

    def cards(self, queues: QuerySet[Queue]) -> list[QueueCard]:
        """The queues with their counts, for the caller."""
        return queries.cards(
            queues,
            person=self.actor.person,
            reviewable=access.reviewable_queues(self.actor),
            is_blind=self.actor.is_limited_to_queues,
        )

    def whole(self, queue: Queue) -> dict[str, Any]:
        """A queue as it is answered."""
        (card,) = self.cards(Queue.objects.filter(pk=queue.pk))
        return dict(WholeQueueSerializer(card).data)

    def given(self, request: Request, *, is_partial: bool) -> QueueChangeSerializer:
        """The settings in the body, checked."""
        people = User.objects.filter(memberships__workspace=self.actor.workspace)
        context = {"datasets": self.visible(Dataset).filter(archived_at=None), "people": people}
        given = QueueChangeSerializer(data=request.data, partial=is_partial, context=context)
        given.is_valid(raise_exception=True)
        return given


class QueueListView(QueueResource):
    """The queues of the workspace; a reviewer sees those that are open to them."""

    needs = {"GET": READERS, "POST": Capability.ADMINISTER}

    @extend_schema(operation_id="queues_list", parameters=PARAMETERS, responses=list_of(QueueSerializer))
    def get(self, request: Request) -> Response:
        """Queues in the order in which they were made, with how far they are."""
        found = page_of(request, self.visible(Queue), order=("id",))
        cards = {card.queue.pk: card for card in self.cards(Queue.objects.filter(pk__in=[q.pk for q in found.rows]))}
        results = [QueueSerializer(cards[queue.pk]).data for queue in found.rows]
        return Response({"results": results, "next_cursor": found.next_cursor})

    @extend_schema(
        operation_id="queues_create",
        request=QueueChangeSerializer,
        responses={201: WholeQueueSerializer},
        examples=[WITH_RUBRIC],
    )
    def post(self, request: Request) -> Response:
        """Make a queue; without a rubric it asks for thumbs, labels, layer, first failing step, correction and note."""
        given = self.given(request, is_partial=False)
        with refusals():
            made = lifecycle.create(
                workspace=self.actor.workspace,
                settings=given.settings(),
                rubric=given.validated_data.get("rubric") or rubric.default(),
                status=given.validated_data.get("status", Queue.Status.ACTIVE),
                by=self.person,
            )
        return Response(self.whole(made), status=201)


class QueueView(QueueResource):
    """One queue."""

    needs = {"GET": READERS, "PATCH": Capability.ADMINISTER}

    @extend_schema(operation_id="queues_one", responses=WholeQueueSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """A queue with its rubric and reviewers."""
        return Response(self.whole(self.found(Queue, uuid)))

    @extend_schema(operation_id="queues_change", request=QueueChangeSerializer, responses=WholeQueueSerializer)
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Change what is given; another rubric becomes a new version, and reviews keep theirs."""
        queue, given = self.found(Queue, uuid), self.given(request, is_partial=True)
        asked = given.validated_data.get("rubric") or rubric_versions.questions_of(queue)
        with refusals():
            settings = given.settings(lifecycle.settings_of(queue))
            status = given.validated_data.get("status")
            lifecycle.edit(
                queue=queue,
                settings=settings,
                rubric=asked,
                by=self.person,
                status=status,
                asks_again=given.validated_data.get("ask_again", False),
            )
        return Response(self.whole(queue))


class QueueRubricPreviewView(Resource):
    """Another rubric, before it is saved."""

    needs = {"POST": Capability.ADMINISTER}

    @extend_schema(
        operation_id="queues_rubric_preview", request=RubricPreviewSerializer, responses=AskedAgainSerializer
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """Count the reviews that `ask_again` would ask for again with this rubric; nothing is changed."""
        queue, given = self.found(Queue, uuid), RubricPreviewSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        told = asking_again.preview(queue=queue, asked=given.validated_data["rubric"])
        return Response(AskedAgainSerializer(told).data)


class QueueItemListView(Resource):
    """The items of one queue."""

    needs = {"GET": READERS, "POST": Capability.EDIT}

    @extend_schema(operation_id="queue_items_list", parameters=[STATE, *PARAMETERS], responses=list_of(ItemSerializer))
    def get(self, request: Request, uuid: UUID) -> Response:
        """Items, newest first; `all` leaves out the removed ones, `…_my_review`, `…_by_me` and `…_to_me` are the caller’s."""
        queue, which = self.found(Queue, uuid), choices.asked(request, "state", Shown) or Shown.ALL
        is_blind = self.actor.is_limited_to_queues
        rows = shown.shown(self.visible(Item).filter(queue=queue), which, self.actor.person, is_blind=is_blind)
        rows = rows.select_related("queue", "adjudicated_by", "flagged_by")
        found: Page[Item] = page_of(request, rows, order=shown.ORDER)
        sights = sight.of_each(self, found.rows)
        for item in found.rows:
            sight.item(item, sights.get(item.pk, WHOLE))
        if is_blind:
            blinded.as_open(found.rows, self.person)
        return listed(found, shown_to(self.actor), person=self.actor.person, is_told=True)

    @extend_schema(operation_id="queue_items_add", request=NewItemsSerializer, responses={201: AddedSerializer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """Put traces, runs, threads and pairs of traces into the queue, each once; all or none."""
        queue, given = self.found(Queue, uuid), NewItemsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        reason = Reason(origin=Origin.API, by=str(self.person), why=(wanted["why"],) if wanted["why"] else ())
        with refusals():
            result = items.add(
                queue=queue,
                subjects=self._subjects(wanted),
                reason=reason,
                by=self.person,
                priority=wanted["priority"],
                now=timezone.now(),
                is_restoring=wanted["is_restoring"],
            )
        return Response(AddedSerializer(result).data, status=201)

    def _subjects(self, wanted: dict[str, Any]) -> list[Subject]:
        """What was named, made sure of; 400 with the ones that are not there."""
        named = [*wanted["traces"], *(uuid for pair in wanted["pairs"] for uuid in pair.values())]
        traces = set(self.visible(Trace).filter(uuid__in=named).values_list("uuid", flat=True))
        runs = dict(self.visible(Run).filter(uuid__in=wanted["runs"]).values_list("uuid", "trace__uuid"))
        _require("traces", named, traces)
        _require("runs", wanted["runs"], runs)
        return [
            *(subjects.of_trace(uuid) for uuid in wanted["traces"]),
            *(subjects.of_run(runs[uuid], uuid) for uuid in wanted["runs"]),
            *(self._thread(**thread) for thread in wanted["threads"]),
            *(subjects.of_pair(*pair.values()) for pair in wanted["pairs"]),
        ]

    def _thread(self, project: str, thread_id: str) -> Subject:
        known = self.visible(Project)
        found = known.filter(name=project).first() or known.filter(slug=project).first()
        if found is None or not self.visible(Trace).filter(project=found, thread_id=thread_id).exists():
            raise _unknown("threads", [f"{project}: {thread_id}"])
        return subjects.of_thread(found.pk, thread_id)


class QueueClaimView(Resource):
    """The caller's next item."""

    needs = {"POST": Capability.REVIEW}

    @extend_schema(operation_id="queues_claim", request=None, responses=ClaimSerializer)
    def post(self, _request: Request, uuid: UUID) -> Response:
        """The item that the caller holds already, else the next one, reserved; 409 `nothing_left` at the end."""
        queue = self.found(Queue, uuid, "rubric")
        with refusals():
            claim = assignment.claim_next(queue=queue, by=self.person, now=timezone.now())
        return Response(claimed(self, claim))


def _require(field: str, wanted: list[UUID], known: Any) -> None:
    if missing := [str(uuid) for uuid in wanted if uuid not in known]:
        raise _unknown(field, missing)


def _unknown(field: str, missing: list[str]) -> ApiError:
    shown = [f"There is no {field.removesuffix('s')} {name}." for name in missing[:20]]
    return ApiError("unknown_subject", "Some of these do not exist; nothing was added.", fields={field: shown})
