"""Items of queues: what goes in, and what a reviewer is given."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.api.choices import ChoiceField
from annotation.api.telling import told
from annotation.api.v1.serializers.fields import AnyField, StrictSerializer
from annotation.api.v1.serializers.queues import RubricSerializer
from annotation.domain.access import Actor
from annotation.domain.queues import blinded, priorities, reasons
from annotation.models import Item

MOST_AT_ONCE = 1000


class ReasonSerializer(serializers.Serializer[Any]):
    """Why an item is in its queue."""

    origin = serializers.CharField()
    rule = serializers.CharField()
    rule_uuid = serializers.UUIDField(allow_null=True)
    revision = serializers.IntegerField(allow_null=True)
    probability = serializers.FloatField(allow_null=True)
    by = serializers.CharField()
    filter = serializers.CharField(help_text="What the trace matched; empty where nothing was asked of it.")
    why = serializers.ListField(child=serializers.CharField())
    run_id = serializers.UUIDField(
        source="run", allow_null=True, help_text="The first step that met what the filter asks of runs."
    )
    summary = serializers.CharField(help_text="All of it in one line.")


class ItemSerializer(serializers.Serializer[Any]):
    """One item."""

    id = serializers.UUIDField(source="uuid")
    queue = serializers.UUIDField(source="queue.uuid")
    number = serializers.IntegerField()
    kind = ChoiceField(Item.Kind.choices)
    trace_id = serializers.UUIDField(source="trace_uuid", allow_null=True)
    run_id = serializers.UUIDField(source="run_uuid", allow_null=True)
    other_trace_id = serializers.UUIDField(
        source="other_trace_uuid", allow_null=True, help_text="The second trace of a pair."
    )
    thread_id = serializers.CharField(allow_null=True)
    state = ChoiceField(Item.State.choices)
    review_count = serializers.IntegerField()
    double_seats = serializers.IntegerField(help_text="1 where the queue’s `double_percent` took the item, else 0.")
    extra_seats = serializers.IntegerField(help_text="Reviews wanted beside those that the queue asks for.")
    adjudicated_at = serializers.DateTimeField(
        allow_null=True, help_text="When its reviews, which differed, were settled."
    )
    adjudicated_by = serializers.EmailField(
        source="adjudicated_by.email", default=None, allow_null=True, help_text="null: the majority, or nobody."
    )
    priority = serializers.IntegerField(
        help_text="Higher comes first, where the queue’s `order` is `priority`; 0 is usual."
    )
    uncertainty = serializers.FloatField(help_text="How little its judges could tell when it was added, from 0 to 1.")
    probability = serializers.FloatField(allow_null=True)
    reason = serializers.SerializerMethodField()
    flagged_at = serializers.DateTimeField(allow_null=True)
    flagged_by = serializers.EmailField(
        source="flagged_by.email", default=None, allow_null=True, help_text="null: nobody, or it is not for the caller."
    )
    flag_reason = serializers.CharField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(ReasonSerializer)
    def get_reason(self, item: Item) -> dict[str, Any]:
        return told(ReasonSerializer, reasons.read(item.reason))


class BlindItemSerializer(ItemSerializer):
    """An item as somebody is told it who has still to judge: null or empty where the queue’s blindness hides it."""

    review_count = serializers.IntegerField(allow_null=True)
    extra_seats = serializers.IntegerField(allow_null=True)
    uncertainty = serializers.FloatField(allow_null=True)

    def to_representation(self, instance: Item) -> dict[str, Any]:
        """As `blinded.known` has it for the person in the context, and as open where they are to judge it anew."""
        if not self.context.get("is_told"):
            blinded.as_open([instance], self.context["person"])
        known = blinded.known(instance, instance.queue, self.context["person"])
        said = super().to_representation(instance)
        return {
            **said,
            "reason": told(ReasonSerializer, known.reason),
            "probability": None if known.probability is None else float(known.probability),
            "uncertainty": known.uncertainty,
            "review_count": known.review_count,
            "extra_seats": known.extra_seats,
            "flagged_by": said["flagged_by"] if known.tells_flag else None,
            "flag_reason": known.flag_reason,
        }


def shown_to(actor: Actor) -> type[ItemSerializer]:
    """How items are told to the caller: a reviewer, who sees nothing but queues, has to judge them."""
    return BlindItemSerializer if actor.is_limited_to_queues else ItemSerializer


class ThreadSerializer(StrictSerializer):
    """A thread, named by its project's name or slug and its id."""

    project = serializers.CharField()
    thread_id = serializers.CharField()


class PairSerializer(StrictSerializer):
    """Two traces to be compared, in any order."""

    trace_id = serializers.UUIDField()
    other_trace_id = serializers.UUIDField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Two of them."""
        if attrs["trace_id"] == attrs["other_trace_id"]:
            raise serializers.ValidationError("A pair is of two traces; name another one.")
        return attrs


class NewItemsSerializer(StrictSerializer):
    """What to put into the queue; at most 1,000 things at once."""

    traces = serializers.ListField(child=serializers.UUIDField(), default=[], max_length=MOST_AT_ONCE)
    runs = serializers.ListField(child=serializers.UUIDField(), default=[], max_length=MOST_AT_ONCE)
    threads = serializers.ListField(child=ThreadSerializer(), default=[], max_length=MOST_AT_ONCE)
    pairs = serializers.ListField(child=PairSerializer(), default=[], max_length=MOST_AT_ONCE)
    why = serializers.CharField(default="", allow_blank=True, max_length=500, help_text="Shown to the reviewers.")
    priority = serializers.IntegerField(
        default=0,
        help_text="Of the new items; higher comes first.",
        min_value=priorities.LEAST,
        max_value=priorities.MOST,
    )
    is_restoring = serializers.BooleanField(default=False, help_text="Also take back items that were removed.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something to add."""
        if not (attrs["traces"] or attrs["runs"] or attrs["threads"] or attrs["pairs"]):
            raise serializers.ValidationError("Name what to add: lists of ids in traces or runs, threads, or pairs.")
        return attrs


class ItemChangeSerializer(StrictSerializer):
    """What an editor says of an item."""

    priority = serializers.IntegerField(
        help_text="Higher comes first, for everybody and from now on, where the queue’s `order` is `priority`.",
        min_value=priorities.LEAST,
        max_value=priorities.MOST,
    )


class AddedSerializer(serializers.Serializer[Any]):
    """What came of adding."""

    added = ItemSerializer(many=True)
    added_count = serializers.IntegerField()
    restored_count = serializers.IntegerField()
    present_count = serializers.IntegerField(help_text="Stood there already.")
    over_count = serializers.IntegerField(help_text="Did not fit: the queue has its `most_items`.")
    removed_count = serializers.IntegerField(help_text="Were removed by somebody, and stay so.")


class ClaimSerializer(serializers.Serializer[Any]):
    """An item on the caller's screen, with what is asked and what they had typed."""

    item = BlindItemSerializer()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="null: the caller edits a review given before.")
    rubric_version = serializers.IntegerField()
    rubric = RubricSerializer()
    draft = AnyField(allow_null=True)


class ShareSerializer(StrictSerializer):
    """Whom to give items to; without `items`, all open ones."""

    reviewers = serializers.ListField(child=serializers.EmailField(), min_length=1, max_length=100)
    items = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        min_length=1,
        max_length=MOST_AT_ONCE,
        help_text="Default: all open.",
    )
    is_reassigning = serializers.BooleanField(default=False, help_text="Also items that are assigned already.")


class SharedSerializer(serializers.Serializer[Any]):
    """What came of sharing out."""

    assigned_count = serializers.IntegerField()
    by_reviewer = serializers.DictField(child=serializers.IntegerField())
    passed_over_count = serializers.IntegerField(help_text="Had no free seat for any of them.")


class AssignmentSerializer(serializers.Serializer[Any]):
    """A seat that is kept for somebody."""

    item = serializers.UUIDField(source="item.uuid")
    item_number = serializers.IntegerField(source="item.number")
    reviewer = serializers.EmailField(source="reviewer.email")
    assigned_at = serializers.DateTimeField()


class TakenBackSerializer(serializers.Serializer[Any]):
    """How many were freed."""

    taken_back_count = serializers.IntegerField()


class HeldSerializer(serializers.Serializer[Any]):
    """Until when the item is the caller's."""

    expires_at = serializers.DateTimeField()


class WhySerializer(StrictSerializer):
    """A few words, if any."""

    reason = serializers.CharField(default="", allow_blank=True, max_length=2000)
