"""Webhooks and what was delivered to them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.api.choices import ChoiceField
from annotation.domain.notices.webhooks import Terms, terms_of
from annotation.models import Delivery, Notice, Queue, Webhook

EVENTS = [(kind.value, kind.label) for kind in Notice.HEARD]
SENT = [(kind.value, kind.label) for kind in (*Notice.HEARD, Notice.Kind.TEST)]
QUEUES = "Ids of the queues that it is told of; null: of all, those to come too."


class WebhookSerializer(serializers.Serializer[Any]):
    """A webhook without its secret, which nobody can see again."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(child=ChoiceField(EVENTS), source="kinds")
    queues = serializers.SerializerMethodField(help_text=QUEUES)
    is_on = serializers.BooleanField()
    off_reason = serializers.CharField(help_text="Why it was turned off, if nobody did it.")
    failing_since = serializers.DateTimeField(allow_null=True, help_text="Since when nothing could be delivered.")
    created_by = serializers.CharField(source="created_by.email", default=None, allow_null=True)
    created_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField(), allow_null=True))
    def get_queues(self, webhook: Webhook) -> list[str] | None:
        return None if webhook.is_for_all_queues else sorted(str(queue.uuid) for queue in webhook.queues.all())


class MadeWebhookSerializer(WebhookSerializer):
    """A webhook that was just made, with its secret, this once."""

    secret = serializers.CharField()


class WebhookSecretSerializer(serializers.Serializer[Any]):
    """A secret, this once."""

    secret = serializers.CharField()


class NewWebhookSerializer(serializers.Serializer[Any]):
    """A webhook to be made; the context names the `visible_queues` of the caller."""

    name = serializers.CharField(max_length=120)
    url = serializers.CharField(
        max_length=2000, help_text="https, at a public address; others take the operator’s WEBHOOK_TRUSTED."
    )
    events = serializers.ListField(child=ChoiceField(EVENTS), allow_empty=False)
    queues = serializers.ListField(
        child=serializers.UUIDField(), allow_null=True, default=None, allow_empty=False, help_text=QUEUES
    )

    def validate_queues(self, asked: list[Any] | None) -> list[Queue] | None:
        if asked is None:
            return None
        found = list(self.context["visible_queues"].filter(uuid__in=asked))
        if missing := set(asked) - {queue.uuid for queue in found}:
            raise serializers.ValidationError(f"There is no queue {min(str(one) for one in missing)}.")
        return found

    def terms(self, before: Webhook | None = None) -> Terms:
        """What was given, on top of the webhook as it stands."""
        known = terms_of(before) if before else Terms("", "", ())
        given = self.validated_data
        return Terms(
            name=given.get("name", known.name),
            url=given.get("url", known.url),
            kinds=given.get("events", known.kinds),
            queues=given.get("queues", known.queues),
        )


class WebhookChangeSerializer(NewWebhookSerializer):
    """What is to be different."""

    is_on = serializers.BooleanField()


class DeliverySerializer(serializers.Serializer[Any]):
    """One message, and what came of the last attempt to deliver it."""

    id = serializers.UUIDField(source="uuid")
    message_id = serializers.UUIDField(
        source="notice.uuid", help_text="The header webhook-id, the same at every attempt."
    )
    event = ChoiceField(SENT, source="notice.kind")
    happened_at = serializers.DateTimeField(source="notice.happened_at")
    state = ChoiceField(Delivery.State.choices)
    attempt_count = serializers.IntegerField()
    attempted_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.SerializerMethodField(help_text="When it is tried next; null: no more.")
    status = serializers.IntegerField(allow_null=True, help_text="Of HTTP; null: no answer came.")
    milliseconds = serializers.IntegerField(allow_null=True)
    answer = serializers.CharField(help_text="The first part of the answer, or what went wrong.")

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_due_at(self, delivery: Delivery) -> Any:
        is_waiting = delivery.state == Delivery.State.WAITING
        return serializers.DateTimeField().to_representation(delivery.due_at) if is_waiting else None
