"""Items with known answers, and what reviewers made of them and of items given again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.resource import Resource
from annotation.api.v1.serializers.gold import GoldSerializer, QualitySerializer
from annotation.api.v1.views.refusals import refusals
from annotation.domain.access import Capability
from annotation.domain.reviews import gold
from annotation.domain.reviews.quality import consistency
from annotation.models import Item, Queue


class ItemGoldView(Resource):
    """The known answers of an item."""

    needs = {"GET": Capability.EDIT, "PUT": Capability.EDIT, "DELETE": Capability.EDIT}

    @extend_schema(operation_id="items_gold", responses=GoldSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """The answers by question key; null where the item is not gold."""
        return Response({"answers": self.found(Item, uuid).gold})

    @extend_schema(operation_id="items_mark_gold", request=GoldSerializer, responses=GoldSerializer)
    def put(self, request: Request, uuid: UUID) -> Response:
        """Mark a done item: it is mixed into the lines of those who have not reviewed it, as often as its queue says."""
        item, given = self.found(Item, uuid), GoldSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        with refusals():
            marked = gold.mark(item=item, by=self.person, answers=given.validated_data["answers"] or {})
        return Response({"answers": marked.gold})

    @extend_schema(operation_id="items_unmark_gold", responses={204: None})
    def delete(self, _request: Request, uuid: UUID) -> Response:
        """The item is ordinary again; what was answered to it stays."""
        gold.unmark(item=self.found(Item, uuid), by=self.person)
        return Response(status=204)


class QueueQualityView(Resource):
    """How reviewers of a queue do on items with known answers, and on items given again."""

    needs = {"GET": Capability.EDIT}

    @extend_schema(operation_id="queues_quality", responses=QualitySerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """By reviewer and question, and by question."""
        queue = self.found(Queue, uuid)
        told: dict[str, Any] = {"gold": consistency.gold(queue), "consistency": consistency.consistency(queue)}
        return Response(QualitySerializer(told).data)
