"""Webhooks: made, changed, tried out, and what was delivered to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.errors import ApiError
from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.webhooks import (
    DeliverySerializer,
    MadeWebhookSerializer,
    NewWebhookSerializer,
    WebhookChangeSerializer,
    WebhookSecretSerializer,
    WebhookSerializer,
)
from annotation.domain.access import Capability
from annotation.domain.notices import webhooks
from annotation.models import Delivery, Queue, Webhook


@contextmanager
def _refusals() -> Iterator[None]:
    """400 with the field that cannot be; 409 for what is off."""
    try:
        yield
    except webhooks.BadWebhookError as problem:
        raise ApiError("invalid", "This cannot be a webhook.", fields={problem.field: [str(problem)]}) from problem
    except webhooks.WebhookOffError as problem:
        raise ApiError("webhook_off", str(problem), status=409) from problem


class WebhookListView(Resource):
    """The workspace's webhooks."""

    needs = {"GET": Capability.ADMINISTER, "POST": Capability.ADMINISTER}

    @extend_schema(operation_id="webhooks_list", parameters=PARAMETERS, responses=list_of(WebhookSerializer))
    def get(self, request: Request) -> Response:
        """Webhooks without their secrets, newest first."""
        rows = self.visible(Webhook).select_related("created_by").prefetch_related("queues")
        return listed(page_of(request, rows, order=("-id",)), WebhookSerializer)

    @extend_schema(operation_id="webhooks_create", request=NewWebhookSerializer, responses={201: MadeWebhookSerializer})
    def post(self, request: Request) -> Response:
        """Make a webhook; its secret stands in this answer and nowhere else."""
        given = NewWebhookSerializer(data=request.data, context={"visible_queues": self.visible(Queue)})
        given.is_valid(raise_exception=True)
        with _refusals():
            made = webhooks.create(workspace=self.actor.workspace, terms=given.terms(), by=self.person)
        made.webhook.refresh_from_db()
        return Response({**WebhookSerializer(made.webhook).data, "secret": made.secret}, status=201)


class WebhookView(Resource):
    """One webhook."""

    needs = dict.fromkeys(("GET", "PATCH", "DELETE"), Capability.ADMINISTER)

    @extend_schema(operation_id="webhooks_one", responses=WebhookSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """A webhook."""
        return Response(WebhookSerializer(self.found(Webhook, uuid, "created_by")).data)

    @extend_schema(operation_id="webhooks_change", request=WebhookChangeSerializer, responses=WebhookSerializer)
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Change what is given; `is_on` turns it on and off."""
        webhook = self.found(Webhook, uuid, "created_by", "workspace")
        context = {"visible_queues": self.visible(Queue)}
        given = WebhookChangeSerializer(data=request.data, partial=True, context=context)
        given.is_valid(raise_exception=True)
        with _refusals():
            webhooks.change(webhook=webhook, terms=given.terms(webhook), by=self.person)
        if "is_on" in given.validated_data:
            webhooks.turn(webhook=webhook, is_on=given.validated_data["is_on"], by=self.person)
        return Response(WebhookSerializer(webhook).data)

    @extend_schema(operation_id="webhooks_delete", responses={204: None})
    def delete(self, _request: Request, uuid: UUID) -> Response:
        """Take the webhook away, with what waits for it and its log."""
        webhooks.delete(webhook=self.found(Webhook, uuid, "workspace"), by=self.person)
        return Response(status=204)


class WebhookSecretView(Resource):
    """The secret of a webhook."""

    needs = {"POST": Capability.ADMINISTER}

    @extend_schema(operation_id="webhooks_renew_secret", request=None, responses=WebhookSecretSerializer)
    def post(self, _request: Request, uuid: UUID) -> Response:
        """Sign with a new secret from now on; it stands in this answer and nowhere else."""
        secret = webhooks.renew_secret(webhook=self.found(Webhook, uuid, "workspace"), by=self.person)
        return Response({"secret": secret})


class WebhookTestView(Resource):
    """Trying a webhook out."""

    needs = {"POST": Capability.ADMINISTER}

    @extend_schema(operation_id="webhooks_test", request=None, responses={202: DeliverySerializer})
    def post(self, _request: Request, uuid: UUID) -> Response:
        """Send it a test; what comes of it stands in its deliveries within seconds."""
        with _refusals():
            sent = webhooks.send_test(webhook=self.found(Webhook, uuid, "workspace"), now=timezone.now())
        return Response(DeliverySerializer(sent).data, status=202)


class DeliveryListView(Resource):
    """What was sent to a webhook, or is about to be."""

    needs = {"GET": Capability.ADMINISTER}

    @extend_schema(operation_id="webhooks_deliveries", parameters=PARAMETERS, responses=list_of(DeliverySerializer))
    def get(self, request: Request, uuid: UUID) -> Response:
        """Deliveries of the last 30 days, newest first."""
        webhook = self.found(Webhook, uuid)
        rows = self.visible(Delivery).filter(webhook=webhook).select_related("notice")
        return listed(page_of(request, rows, order=("-id",)), DeliverySerializer)


class DeliveryAgainView(Resource):
    """Sending once more."""

    needs = {"POST": Capability.ADMINISTER}

    @extend_schema(operation_id="webhooks_send_again", request=None, responses={202: DeliverySerializer})
    def post(self, _request: Request, uuid: UUID, delivery: UUID) -> Response:
        """Send the message again, under the same id."""
        found = self.found(Delivery, delivery, "notice", "webhook")
        if found.webhook.uuid != uuid:
            raise NotFound
        with _refusals():
            again = webhooks.send_again(delivery=found, now=timezone.now())
        return Response(DeliverySerializer(again).data, status=202)
