"""Reviews: listed, their corrections decided, taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api import choices, sight
from annotation.api.errors import ApiError
from annotation.api.pagination import PARAMETERS, list_of, listed, page_of, size_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.items import ClaimSerializer
from annotation.api.v1.serializers.reviews import DecisionSerializer, ReviewSerializer, VersionSerializer, typed
from annotation.api.v1.views.claims import claimed
from annotation.api.v1.views.refusals import refusals
from annotation.domain.access import Capability
from annotation.domain.paging import Page
from annotation.domain.queues.sight import WHOLE
from annotation.domain.reviews import correct, history, masked, submissions, undo
from annotation.models import Item, Probe, Review

READERS = (Capability.READ, Capability.REVIEW)
FILTERS = [
    OpenApiParameter("queue", OpenApiTypes.UUID, description="Only of this queue."),
    OpenApiParameter("item", OpenApiTypes.UUID, description="Only of this item."),
    OpenApiParameter("trace_id", OpenApiTypes.UUID, description="Only of items about this trace."),
    OpenApiParameter("mine", OpenApiTypes.BOOL, description="true: only the caller’s own."),
    OpenApiParameter("correction_state", OpenApiTypes.STR, enum=Review.Correction.values),
]
_LOOKUPS = {"queue": "item__queue__uuid", "item": "item__uuid", "trace_id": "item__trace_uuid"}
RELATED = ("item__queue", "reviewer", "rubric", "decided_by")


class ReviewListView(Resource):
    """The reviews of the workspace; a reviewer sees their own."""

    needs = {"GET": READERS}

    @extend_schema(operation_id="reviews_list", parameters=[*FILTERS, *PARAMETERS], responses=list_of(ReviewSerializer))
    def get(self, request: Request) -> Response:
        """Reviews, newest first."""
        rows = self.visible(Review).select_related(*RELATED)
        for name, lookup in _LOOKUPS.items():
            if name in request.query_params:
                rows = rows.filter((lookup, _uuid(name, request.query_params[name])))
        if request.query_params.get("mine") == "true":
            rows = rows.filter(reviewer=self.person)
        if state := choices.asked(request, "correction_state", Review.Correction):
            rows = rows.filter(correction_state=state)
        found = (
            self._known(request, rows) if self.actor.is_limited_to_queues else page_of(request, rows, order=("-id",))
        )
        sights = sight.of_each(self, [review.item for review in found.rows])
        for review in found.rows:
            sight.review(review, sights.get(review.item_id, WHOLE))
        return listed(found, ReviewSerializer)

    def _known(self, request: Request, rows: QuerySet[Review]) -> Page[Review]:
        """A reviewer's own, by when they were submitted, as they know them."""
        wanted = {lookup: value for name, lookup in _LOOKUPS.items() if (value := request.query_params.get(name))}
        tested = Probe.objects.filter(item__in=self.visible(Item), reviewer=self.person, **wanted)
        if request.query_params.get("correction_state", Review.Correction.NONE) != Review.Correction.NONE:
            tested = tested.none()
        size, cursor = size_of(request), request.query_params.get("cursor")
        return submissions.page_of(rows, tested, size=size, cursor=cursor)


class ReviewView(Resource):
    """One review."""

    needs = {"GET": READERS}

    @extend_schema(operation_id="reviews_one", responses=ReviewSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """What was answered, and what became of the correction."""
        review = _found(self, uuid)
        return Response(ReviewSerializer(sight.review(review, sight.of(self, review.item))).data)


class ReviewAcceptView(Resource):
    """A correction that is right."""

    needs = {"POST": Capability.EDIT}

    @extend_schema(operation_id="reviews_accept", request=DecisionSerializer, responses=ReviewSerializer)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Accept it: it settles the item and becomes a row of the queue's target dataset."""
        review, word = self.found(Review, uuid), _decision(request)
        with refusals():
            decided = correct.accept(review=review, by=self.person, now=timezone.now(), **word)
        return Response(ReviewSerializer(decided).data)


class ReviewRejectView(Resource):
    """A correction that is not right."""

    needs = {"POST": Capability.EDIT}

    @extend_schema(operation_id="reviews_reject", request=DecisionSerializer, responses=ReviewSerializer)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Turn it down; the rest of the review stays."""
        review, word = self.found(Review, uuid), _decision(request)
        with refusals():
            decided = correct.reject(review=review, by=self.person, now=timezone.now(), **word)
        return Response(ReviewSerializer(decided).data)


class ReviewVersionListView(Resource):
    """What a review said over time."""

    needs = {"GET": (Capability.EDIT, Capability.REVIEW)}

    @extend_schema(operation_id="reviews_versions", responses=VersionSerializer(many=True))
    def get(self, _request: Request, uuid: UUID) -> Response:
        """What it says now and what it said before each edit, the newest first; for editors and the person who gave it."""
        review = _found(self, uuid)
        seen = sight.of(self, review.item)
        if review.reviewer_id != self.person.pk and not self.actor.may(Capability.EDIT):
            raise PermissionDenied
        known = [
            {
                **{name: getattr(one, name) for name in ("number", "submitted_at", "is_current")},
                "content": typed(masked.given(one.given, seen)),
            }
            for one in history.versions(review)
        ]
        return Response(VersionSerializer(known, many=True).data)


class ReviewUndoView(Resource):
    """A submission taken back."""

    needs = {"POST": Capability.REVIEW}

    @extend_schema(operation_id="reviews_undo", request=None, responses=ClaimSerializer)
    def post(self, _request: Request, uuid: UUID) -> Response:
        """Take back what the caller did last with their own review, and claim its item; not after an acceptance.

        An edit: the review says again what it said before, and the edit becomes the draft. Else the review becomes a draft.
        """
        review, now = _found(self, uuid), timezone.now()
        with refusals():
            if self.actor.is_limited_to_queues:
                claim = undo.undo_on(item=review.item, by=self.person, now=now)
            else:
                claim = undo.undo(review=review, by=self.person, now=now)
        if claim is None:
            raise NotFound
        return Response(claimed(self, claim))


def _found(view: Resource, uuid: UUID) -> Review:
    """The review with this id; a reviewer's own as they know it. 404 without one."""
    if not view.actor.is_limited_to_queues:
        return view.found(Review, uuid, *RELATED)
    rows = view.visible(Review).select_related(*RELATED)
    review = submissions.named(uuid, view.person, reviews=rows, items=view.visible(Item))
    if review is None:
        raise NotFound
    return review


def _decision(request: Request) -> dict[str, Any]:
    given = DecisionSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _uuid(name: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as problem:
        raise ApiError("bad_id", f"{name} is not an id.", fields={name: ["Give a UUID."]}) from problem
