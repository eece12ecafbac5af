"""Items whose reviews differ: listed, read side by side, settled, opened again, sent back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.adjudication import ComparisonSerializer, SeenSerializer, WordSerializer
from annotation.api.v1.serializers.items import ItemSerializer
from annotation.api.v1.views.refusals import refusals
from annotation.domain.access import Capability
from annotation.domain.queues import shown
from annotation.domain.queues.shown import Shown
from annotation.domain.reviews import adjudicate, side_by_side
from annotation.models import Item, Queue


class QueueDisagreementListView(Resource):
    """The items of a queue that wait for a word."""

    needs = {"GET": Capability.EDIT}

    @extend_schema(operation_id="queue_disagreements", parameters=PARAMETERS, responses=list_of(ItemSerializer))
    def get(self, request: Request, uuid: UUID) -> Response:
        """Items whose reviews are all in and differ, those that wait longest first."""
        queue = self.found(Queue, uuid)
        rows = shown.shown(self.visible(Item).filter(queue=queue), Shown.DISAGREEMENT, None)
        rows = rows.select_related("queue", "adjudicated_by", "flagged_by")
        return listed(page_of(request, rows, order=side_by_side.WAITING_ORDER), ItemSerializer)


class ItemAdjudicationView(Resource):
    """The word on an item."""

    needs = {"GET": Capability.EDIT, "PUT": Capability.EDIT, "DELETE": Capability.EDIT}

    @extend_schema(operation_id="items_reviews", responses=ComparisonSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """All reviews of the item, what they differ on, and the answer that settled it; 409 `still_open` before."""
        item = self.found(Item, uuid)
        with refusals():
            adjudicate.require_full(item)
        return Response(self._shown(item))

    @extend_schema(operation_id="items_adjudicate", request=WordSerializer, responses=ComparisonSerializer)
    def put(self, request: Request, uuid: UUID) -> Response:
        """Settle the item, by one of its reviews as it is (`review`) or an answer of the caller's own (`answer`).

        A correction in it is accepted with it. 409 `changed_meanwhile` when `seen` is not what stands there any more.
        """
        item, given = self.found(Item, uuid), WordSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        word: dict[str, Any] = given.word() | {"item": item, "by": self.person, "now": timezone.now()}
        with refusals(hint="Nothing was decided."):
            settled = adjudicate.take(**word) if "review" in word else adjudicate.write(**word)
        return Response(self._shown(settled))

    @extend_schema(operation_id="items_reopen", request=None, responses={204: None})
    def delete(self, _request: Request, uuid: UUID) -> Response:
        """Take the word back; the item waits for another one, where its reviews differ."""
        with refusals():
            adjudicate.reopen(item=self.found(Item, uuid), by=self.person, now=timezone.now())
        return Response(status=204)

    def _shown(self, item: Item) -> dict[str, Any]:
        return dict(ComparisonSerializer(side_by_side.comparison(item)).data)


class ItemAnotherReviewView(Resource):
    """One more opinion."""

    needs = {"POST": Capability.EDIT}

    @extend_schema(operation_id="items_another_review", request=SeenSerializer, responses=ItemSerializer)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Send the item back into the line for one more review; 409 `nobody_left` when all have given theirs."""
        item, given = self.found(Item, uuid), SeenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        with refusals():
            back = adjudicate.call_another(item=item, by=self.person, seen=given.validated_data["seen"])
        return Response(ItemSerializer(back).data)
