"""Rules, their revisions, previews and decisions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from annotation.api.choices import ChoiceField
from annotation.domain.queues import priorities
from annotation.domain.rules.actions import AddToQueue
from annotation.domain.rules.lifecycle import SMALLEST_RATE, RuleDraft
from annotation.models import Decision


class ActionSerializer(serializers.Serializer[Any]):
    """What happens to a sampled trace: `add_to_queue`."""

    kind = ChoiceField(["add_to_queue"], default="add_to_queue")
    queue = serializers.UUIDField(help_text="The id of a queue of this workspace.")
    priority = serializers.IntegerField(
        default=0, min_value=priorities.LEAST, max_value=priorities.MOST, help_text="Higher comes first."
    )


class RevisionSerializer(serializers.Serializer[Any]):
    """One immutable state of a rule."""

    number = serializers.IntegerField()
    filter = serializers.CharField()
    sample_rate = serializers.DecimalField(max_digits=7, decimal_places=6)
    actions = ActionSerializer(many=True)
    created_at = serializers.DateTimeField()


class RuleSerializer(serializers.Serializer[Any]):
    """A rule with its current revision; `failure` says what went wrong last, empty when it works."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    is_enabled = serializers.BooleanField()
    archived_at = serializers.DateTimeField(allow_null=True)
    failure_count = serializers.IntegerField()
    failure = serializers.CharField()
    revision = RevisionSerializer(source="current")
    created_at = serializers.DateTimeField()


class RuleChangeSerializer(serializers.Serializer[Any]):
    """A rule to be made or changed; whatever another filter, rate or action says becomes a new revision."""

    name = serializers.CharField(max_length=120)
    filter = serializers.CharField(required=False, allow_blank=True, help_text="Empty: every trace.")
    sample_rate = serializers.DecimalField(
        max_digits=7,
        decimal_places=6,
        min_value=SMALLEST_RATE,
        max_value=Decimal(1),
        required=False,
        help_text="A share above 0 and up to 1; default 1.",
    )
    actions = ActionSerializer(many=True)
    is_enabled = serializers.BooleanField(required=False, help_text="For a new rule; default true.")

    def draft(self, before: RuleDraft) -> RuleDraft:
        """What was given, on top of the rule as it stands."""
        given = self.validated_data
        actions = before.actions
        if "actions" in given:
            actions = tuple(AddToQueue.model_validate(dict(action)) for action in given["actions"])
        return RuleDraft(
            given.get("name", before.name),
            given.get("filter", before.filter),
            given.get("sample_rate", before.sample_rate),
            actions,
        )


class PreviewRequestSerializer(serializers.Serializer[Any]):
    """What to preview; with `rule`, its own sample."""

    filter = serializers.CharField(required=False, allow_blank=True, default="")
    sample_rate = serializers.DecimalField(
        max_digits=7, decimal_places=6, min_value=SMALLEST_RATE, max_value=Decimal(1), default=Decimal(1)
    )
    days = serializers.IntegerField(min_value=1, max_value=90, default=7)
    rule = serializers.UUIDField(required=False, allow_null=True, default=None)


class PreviewSerializer(serializers.Serializer[Any]):
    """What a rule would have caught over the last days."""

    days = serializers.IntegerField()
    trace_count = serializers.IntegerField()
    matched_count = serializers.IntegerField()
    sampled_count = serializers.IntegerField()
    items_per_day = serializers.FloatField()
    examples = serializers.SerializerMethodField(help_text="Ids of the newest sampled traces.")

    def get_examples(self, preview: Any) -> list[str]:
        return [str(trace.uuid) for trace in preview.examples]


class DecisionSerializer(serializers.Serializer[Any]):
    """One revision's word on one trace that it matched."""

    trace_id = serializers.UUIDField(source="trace.uuid")
    revision = serializers.IntegerField(source="revision.number")
    is_matched = serializers.BooleanField()
    is_sampled = serializers.BooleanField()
    probability = serializers.DecimalField(max_digits=7, decimal_places=6)
    origin = ChoiceField(Decision.Origin.choices)
    items = serializers.SerializerMethodField(help_text="Ids of the items that came of it.")
    decided_at = serializers.DateTimeField()

    def get_items(self, decision: Any) -> list[str]:
        return [str(item.uuid) for item in decision.items.all()]


class BackfillSerializer(serializers.Serializer[Any]):
    """How far back."""

    days = serializers.IntegerField(min_value=1, max_value=366)
