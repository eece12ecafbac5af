"""Items of a queue that are kept for named people."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.errors import ApiError
from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.items import (
    AssignmentSerializer,
    SharedSerializer,
    ShareSerializer,
    TakenBackSerializer,
)
from annotation.api.v1.views.refusals import refusals
from annotation.domain.access import Capability
from annotation.domain.queues import sharing
from annotation.models import Assignment, Item, Queue, User

REVIEWER = OpenApiParameter("reviewer", OpenApiTypes.EMAIL, description="Only what is kept for this person.")


class QueueAssignmentListView(Resource):
    """Who is to review what."""

    needs = {"GET": Capability.EDIT, "POST": Capability.EDIT, "DELETE": Capability.EDIT}

    @extend_schema(
        operation_id="queue_assignments_list", parameters=PARAMETERS, responses=list_of(AssignmentSerializer)
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """Seats that are kept for somebody, in the order in which they were given."""
        rows = Assignment.objects.filter(item__queue=self.found(Queue, uuid)).select_related("item", "reviewer")
        return listed(page_of(request, rows, order=("id",)), AssignmentSerializer)

    @extend_schema(operation_id="queue_assignments_share", request=ShareSerializer, responses=SharedSerializer)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Give items to people, round robin: each gets as many within one. What has no free seat is passed over."""
        queue, given = self.found(Queue, uuid), ShareSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        with refusals():
            shared = sharing.share(
                queue=queue,
                items=self._items(queue, wanted.get("items")),
                people=[self._member(email) for email in dict.fromkeys(wanted["reviewers"])],
                by=self.person,
                now=timezone.now(),
                is_reassigning=wanted["is_reassigning"],
            )
        answer = {
            "assigned_count": shared.count,
            "by_reviewer": {person.email: count for person, count in shared.by_person.items()},
            "passed_over_count": shared.passed_over_count,
        }
        return Response(SharedSerializer(answer).data)

    @extend_schema(
        operation_id="queue_assignments_take_back", parameters=[REVIEWER], responses={200: TakenBackSerializer}
    )
    def delete(self, request: Request, uuid: UUID) -> Response:
        """Free what is kept for somebody; what is on a screen stays there."""
        queue, email = self.found(Queue, uuid), request.query_params.get("reviewer")
        count = sharing.take_back(queue=queue, by=self.person, reviewer=self._member(email) if email else None)
        return Response(TakenBackSerializer({"taken_back_count": count}).data)

    def _items(self, queue: Queue, wanted: list[UUID] | None) -> QuerySet[Item]:
        rows = self.visible(Item).filter(queue=queue)
        if wanted is None:
            return rows
        known = set(rows.filter(uuid__in=wanted).values_list("uuid", flat=True))
        if missing := [f"There is no item {uuid} in this queue." for uuid in wanted if uuid not in known]:
            raise ApiError(
                "unknown_item", "Some of these do not exist; nothing was given.", fields={"items": missing[:20]}
            )
        return rows.filter(uuid__in=wanted)

    def _member(self, email: str) -> User:
        person = User.objects.filter(memberships__workspace=self.actor.workspace, email__iexact=email).first()
        if person is None:
            said = f"There is no member with the e-mail address {email}."
            raise ApiError("unknown_reviewer", said, fields={"reviewers": [said]})
        return person
