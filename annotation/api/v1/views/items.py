"""One item: claimed, reviewed, skipped, flagged, removed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api import sight, telling
from annotation.api.errors import ApiError
from annotation.api.resource import Resource
from annotation.api.v1.serializers.items import (
    ClaimSerializer,
    HeldSerializer,
    ItemChangeSerializer,
    ItemSerializer,
    WhySerializer,
    shown_to,
)
from annotation.api.v1.serializers.reviews import (
    ReviewInputSerializer,
    ReviewSerializer,
    SubmissionSerializer,
    review_of,
    typed,
)
from annotation.api.v1.views.claims import claimed
from annotation.api.v1.views.refusals import refusals
from annotation.domain.access import Capability
from annotation.domain.queues import admission, assignment, items, sharing
from annotation.domain.reviews import drafts, masked, submissions, submit
from annotation.models import Item, Review


def _why(request: Request) -> str:
    given = WhySerializer(data=request.data)
    given.is_valid(raise_exception=True)
    return str(given.validated_data["reason"])


def told(view: Resource, item: Item) -> dict[str, Any]:
    """An item as the caller is told it."""
    known = shown_to(view.actor)(sight.item(item, sight.of(view, item)), context={"person": view.actor.person})
    return dict(known.data)


class ItemView(Resource):
    """One item."""

    needs = {"GET": (Capability.READ, Capability.REVIEW), "PATCH": Capability.EDIT, "DELETE": Capability.EDIT}

    @extend_schema(operation_id="items_one", responses=ItemSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """An item with the reason for its being there; to a reviewer without what its queue hides."""
        item = self.found(Item, uuid, "queue", "adjudicated_by", "flagged_by")
        return Response(told(self, item))

    @extend_schema(operation_id="items_change", request=ItemChangeSerializer, responses=ItemSerializer)
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Give the item another priority; who has it on the screen keeps it."""
        item, given = self.found(Item, uuid), ItemChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(told(self, items.set_priority(item=item, by=self.person, **given.validated_data)))

    @extend_schema(operation_id="items_remove", responses={204: None})
    def delete(self, _request: Request, uuid: UUID) -> Response:
        """Take the item out of the queue; its reviews stay, and no rule puts it back."""
        items.remove(item=self.found(Item, uuid), by=self.person)
        return Response(status=204)


class ItemRestoreView(Resource):
    """A removed item."""

    needs = {"POST": Capability.EDIT}

    @extend_schema(operation_id="items_restore", request=None, responses=ItemSerializer)
    def post(self, _request: Request, uuid: UUID) -> Response:
        """Put it back into the queue."""
        with refusals():
            return Response(ItemSerializer(items.restore(item=self.found(Item, uuid), by=self.person)).data)


class ItemClaimView(Resource):
    """This item for the caller."""

    needs = {"POST": Capability.REVIEW}

    @extend_schema(operation_id="items_claim", request=None, responses=ClaimSerializer)
    def post(self, _request: Request, uuid: UUID) -> Response:
        """Reserve it; 409 `item_taken` while somebody else has it, `item_flagged` while a flag waits for an editor."""
        item = self.found(Item, uuid)
        with refusals():
            claim = assignment.claim_item(item=item, by=self.person, now=timezone.now())
        return Response(claimed(self, claim))


class ItemTakeOverView(Resource):
    """An item on somebody else's screen."""

    needs = {"POST": Capability.ADMINISTER}

    @extend_schema(operation_id="items_take_over", request=None, responses=ClaimSerializer)
    def post(self, _request: Request, uuid: UUID) -> Response:
        """Have it oneself; what the other typed is kept as their draft, and their next heartbeat says so."""
        item = self.found(Item, uuid)
        with refusals():
            claim = sharing.take_over(item=item, by=self.person, now=timezone.now())
        return Response(claimed(self, claim))


class ItemHeartbeatView(Resource):
    """A reservation that goes on."""

    needs = {"POST": Capability.REVIEW}

    @extend_schema(operation_id="items_heartbeat", request=None, responses=HeldSerializer)
    def post(self, _request: Request, uuid: UUID) -> Response:
        """Hold the item for another full reservation; 409 `reservation_lost` when somebody else has it by now."""
        item = self.found(Item, uuid)
        with refusals():
            until = assignment.heartbeat(item=item, by=self.person, now=timezone.now())
        return Response(HeldSerializer({"expires_at": until}).data)


class ItemReleaseView(Resource):
    """A reservation given back."""

    needs = {"POST": Capability.REVIEW}

    @extend_schema(operation_id="items_release", request=None, responses={204: None})
    def post(self, _request: Request, uuid: UUID) -> Response:
        """Let others have the item; the draft is kept."""
        assignment.release(item=self.found(Item, uuid), by=self.person)
        return Response(status=204)


class ItemSkipView(Resource):
    """An item for later."""

    needs = {"POST": Capability.REVIEW}

    @extend_schema(operation_id="items_skip", request=WhySerializer, responses={204: None})
    def post(self, request: Request, uuid: UUID) -> Response:
        """Put the item at the end of the caller's own line."""
        item = self.found(Item, uuid)
        with refusals():
            admission.require_reviewer(item.queue, self.person)
            assignment.skip(item=item, by=self.person, now=timezone.now(), reason=_why(request))
        return Response(status=204)


class ItemFlagView(Resource):
    """Something is wrong with this item."""

    needs = {"POST": Capability.REVIEW, "DELETE": (Capability.EDIT, Capability.REVIEW)}

    @extend_schema(operation_id="items_flag", request=WhySerializer, responses=ItemSerializer)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Set it aside for an editor, with a word on what is wrong; nobody is given it meanwhile.

        The flag of somebody else stands: the caller's words are kept beside it, as with a skip.
        """
        item = self.found(Item, uuid)
        with refusals():
            admission.require_reviewer(item.queue, self.person)
            flagged = items.flag(item=item, by=self.person, reason=_why(request), now=timezone.now())
        return Response(told(self, flagged))

    @extend_schema(operation_id="items_unflag", responses={204: None})
    def delete(self, _request: Request, uuid: UUID) -> Response:
        """Clear the flag, as an editor, or withdraw one's own; the item is given out again. Nothing happens without a flag.

        409 `flag_of_another` for a reviewer who did not set it.
        """
        item = self.found(Item, uuid)
        with refusals():
            if self.actor.may(Capability.EDIT):
                items.unflag(item=item, by=self.person)
            else:
                items.withdraw_flag(item=item, by=self.person)
        return Response(status=204)


class ItemDraftView(Resource):
    """What the caller has typed on the item."""

    needs = {"GET": Capability.REVIEW, "PUT": Capability.REVIEW}

    @extend_schema(operation_id="items_draft", responses=ReviewInputSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """The draft; 404 without one."""
        item = self.found(Item, uuid, "queue")
        draft = drafts.load(item=item, by=self.person)
        if draft is None:
            raise ApiError("not_found", "You have no draft on this item.", status=404)
        return Response(typed(masked.given(draft.content, sight.of(self, item))))

    @extend_schema(operation_id="items_save_draft", request=ReviewInputSerializer, responses={204: None})
    def put(self, request: Request, uuid: UUID) -> Response:
        """Keep a draft in place of the one before; need not fit the rubric yet."""
        item, given = self.found(Item, uuid, "queue"), review_of(telling.read(ReviewInputSerializer, request.data))
        with refusals():
            admission.require_reviewer(item.queue, self.person)
        drafts.save(item=item, by=self.person, content=given, now=timezone.now(), sight=sight.of(self, item))
        return Response(status=204)


class ItemReviewView(Resource):
    """The caller's own review of the item."""

    needs = {"GET": Capability.REVIEW, "PUT": Capability.REVIEW}

    @extend_schema(operation_id="items_own_review", responses=ReviewSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """What the caller submitted; 404 before they have."""
        return Response(self._shown(self._own(self.found(Item, uuid, "queue"))))

    @extend_schema(operation_id="items_submit", request=SubmissionSerializer, responses=ReviewSerializer)
    def put(self, request: Request, uuid: UUID) -> Response:
        """Submit the review, or edit the one given before; the same content again changes nothing."""
        related = ("queue",) if self.actor.is_limited_to_queues else ()  # whose sight it limits, and nobody else's
        item, sent = self.found(Item, uuid, *related), telling.read(SubmissionSerializer, request.data)
        given, sees, seen = review_of(sent), sight.of(self, item), sent.get("seen")
        with refusals():
            review = submit.submit(item=item, by=self.person, answers=given, now=timezone.now(), sight=sees, seen=seen)
        return Response(self._shown(review))

    def _shown(self, review: Review) -> dict[str, Any]:
        return telling.told(ReviewSerializer, sight.review(review, sight.of(self, review.item)))

    def _own(self, item: Item) -> Review:
        review = submissions.on_item(item, self.person)
        if review is None:
            raise ApiError("not_found", "You have not reviewed this item.", status=404)
        return review
