"""Queues, their rubric and how far they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from drf_spectacular.utils import extend_schema_field
from pydantic import ValidationError
from rest_framework import serializers

from annotation.api.choices import ChoiceField, refusal
from annotation.api.v1.serializers.fields import StrictSerializer
from annotation.api.v1.serializers.sight import MaskingSerializer, PresentationSerializer
from annotation.domain.queues import blindness, masking, presentation, rubric, rubric_versions
from annotation.domain.queues.presentation import Presentation
from annotation.domain.queues.rubric import QuestionKind, Rubric
from annotation.domain.queues.settings import QueueSettings
from annotation.models import Dataset, Queue, Run, User

PERSON_UNKNOWN = "There is no member with the e-mail address {value}."


class OptionSerializer(serializers.Serializer[Any]):
    """One answer that may be picked."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, as the document has it


class ConditionSerializer(serializers.Serializer[Any]):
    """What was answered to an earlier question: one of `any_of`, or anything where that is empty."""

    question = serializers.CharField(help_text="The key of a question above.")
    any_of = serializers.ListField(child=serializers.CharField(), default=[])


class StepsSerializer(serializers.Serializer[Any]):
    """Runs of a type, and of a name where one is given."""

    type = ChoiceField(Run.Type.choices)
    name = serializers.CharField(default="", help_text="Exactly; empty: any.")


class QuestionSerializer(serializers.Serializer[Any]):
    """One question of a rubric."""

    key = serializers.CharField()
    kind = ChoiceField([kind.value for kind in QuestionKind])
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, as the document has it
    help = serializers.CharField(default="")
    is_required = serializers.BooleanField(default=False)
    options = OptionSerializer(many=True, default=[])
    minimum = serializers.FloatField(allow_null=True, default=None)
    maximum = serializers.FloatField(allow_null=True, default=None)
    low_label = serializers.CharField(default="", help_text="What the lower end of a scale means.")
    high_label = serializers.CharField(default="", help_text="What the upper end of a scale means.")
    visible_if = ConditionSerializer(allow_null=True, default=None, help_text="Asked only then.")
    required_if = ConditionSerializer(allow_null=True, default=None, help_text="Needs an answer then.")
    of = StepsSerializer(
        allow_null=True, default=None, help_text="Asked of each such step, evenly spread ones where they are many."
    )
    pattern = serializers.CharField(default="", help_text="A regular expression that a whole text answer has to match.")
    pattern_message = serializers.CharField(default="", help_text="What is told about a text that does not match.")


class PartsSerializer(serializers.Serializer[Any]):
    """What a review has beside the questions."""

    labels = serializers.BooleanField(default=True)
    layer = serializers.BooleanField(default=True)
    first_failing_step = serializers.BooleanField(default=True)
    correction = serializers.BooleanField(default=True)
    note = serializers.BooleanField(default=True)


class RubricSerializer(serializers.Serializer[Any]):
    """Questions in order, and the parts beside them."""

    questions = QuestionSerializer(many=True)
    parts = PartsSerializer(required=False)


@extend_schema_field(RubricSerializer)
class RubricField(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs only
    """A rubric as its document; what cannot be asked is refused with the reasons."""

    def to_internal_value(self, data: Any) -> Rubric:
        try:
            read = rubric.read(data)
        except ValidationError as problem:
            raise serializers.ValidationError([_worded(error) for error in problem.errors()]) from problem
        if unknown := list(_unknown_steps(read)):
            raise serializers.ValidationError(unknown)
        return read

    def to_representation(self, value: Rubric) -> dict[str, Any]:
        return value.document()


def _unknown_steps(read: Rubric) -> Iterator[str]:
    """Questions about steps of a type that there is not: they would be asked of none."""
    for question in read.step_questions:
        if question.of and question.of.type not in Run.Type.values:
            yield f"{question.key}: of.type: {refusal(question.of.type, Run.Type.values)}"


def _worded(error: Any) -> str:
    place, words = ".".join(str(part) for part in error["loc"]), str(error["msg"])
    if error["type"] == "enum":
        words = refusal(error["input"], re.findall(r"'(.*?)'", error["ctx"]["expected"]))
    return f"{place}: {words}" if place else words


class RubricPreviewSerializer(StrictSerializer):
    """Another rubric for a queue."""

    rubric = RubricField()


class AskedAgainSerializer(serializers.Serializer[Any]):
    """What `ask_again` would do with this rubric."""

    count = serializers.IntegerField(help_text="Reviews that would be asked for again.")
    misfit_count = serializers.IntegerField(help_text="Those of them with an answer that is not taken any more.")
    is_partial = serializers.BooleanField(
        help_text="There are more reviews than are looked at while somebody waits: the counts are the least."
    )


class CountsSerializer(serializers.Serializer[Any]):
    """Items by state, each counted up to 10,000; `left` are those that the caller can review."""

    total = serializers.IntegerField()
    open = serializers.IntegerField()
    disagreement = serializers.IntegerField(help_text="All their reviews are in, and wait for a word.")
    done = serializers.IntegerField()
    removed = serializers.IntegerField()
    flagged = serializers.IntegerField()
    waiting_corrections = serializers.IntegerField(source="waiting")
    left = serializers.IntegerField()
    is_rough = serializers.BooleanField(
        help_text="All but the total are rounded to tens: to a reviewer of a queue that mixes in items to see how they judge."
    )


class BlindnessSerializer(StrictSerializer):
    """What reviewers are not shown before they judge."""

    peers = serializers.BooleanField(required=False, help_text="Reviews of others.")
    judges = serializers.BooleanField(required=False, help_text="Feedback of judges, rules and programs (api).")
    user_thumbs = serializers.BooleanField(required=False, help_text="Feedback of users.")
    model = serializers.BooleanField(required=False, help_text="Which model answered.")


class QueueSerializer(serializers.Serializer[Any]):
    """A QueueCard."""

    id = serializers.UUIDField(source="queue.uuid")
    name = serializers.CharField(source="queue.name")
    instructions = serializers.CharField(source="queue.instructions")
    status = ChoiceField(Queue.Status.choices, source="queue.status")
    order = ChoiceField(Queue.Order.choices, source="queue.order")
    reviewers_per_item = serializers.IntegerField(source="queue.reviewers_per_item")
    double_percent = serializers.IntegerField(
        source="queue.double_percent", help_text="So many of a hundred items get one more review."
    )
    decides = ChoiceField(Queue.Decides.choices, source="queue.decides")
    blindness = serializers.SerializerMethodField()
    presentation = serializers.SerializerMethodField()
    masking = serializers.SerializerMethodField()
    reservation_minutes = serializers.IntegerField(source="queue.reservation_minutes")
    most_items = serializers.IntegerField(source="queue.most_items", allow_null=True)
    due_on = serializers.DateField(source="queue.due_on", allow_null=True)
    is_open_to_all = serializers.BooleanField(source="queue.is_open_to_all")
    accepts_at_once = serializers.BooleanField(source="queue.accepts_at_once")
    shows_gold = serializers.BooleanField(source="queue.shows_gold")
    target_dataset = serializers.UUIDField(source="queue.target_dataset.uuid", default=None, allow_null=True)
    created_at = serializers.DateTimeField(source="queue.created_at")
    is_open_to_caller = serializers.BooleanField(source="is_open_to_person")
    counts = CountsSerializer()

    @extend_schema_field(BlindnessSerializer)
    def get_blindness(self, card: Any) -> dict[str, Any]:
        return blindness.read(card.queue.blindness).document()

    @extend_schema_field(PresentationSerializer)
    def get_presentation(self, card: Any) -> dict[str, Any]:
        return presentation.read(card.queue.presentation).model_dump(mode="json")

    @extend_schema_field(MaskingSerializer)
    def get_masking(self, card: Any) -> dict[str, Any]:
        return masking.read(card.queue.masking).model_dump(mode="json")


class WholeQueueSerializer(QueueSerializer):
    """A queue with what it asks and who reviews in it."""

    rubric_version = serializers.SerializerMethodField()
    rubric = serializers.SerializerMethodField()
    reviewers = serializers.SerializerMethodField(help_text="E-mail addresses; empty where the queue is open to all.")

    def get_rubric_version(self, card: Any) -> int:
        return rubric_versions.current(card.queue).number

    @extend_schema_field(RubricSerializer)
    def get_rubric(self, card: Any) -> dict[str, Any]:
        return rubric_versions.questions_of(card.queue).document()

    def get_reviewers(self, card: Any) -> list[str]:
        return [person.email for person in card.queue.reviewers.order_by("email")]


class QueueChangeSerializer(StrictSerializer):
    """Settings of a queue to be made or changed; the context names the workspace's `datasets` and `people`."""

    name = serializers.CharField(max_length=120)
    instructions = serializers.CharField(required=False, allow_blank=True, max_length=50_000)
    order = ChoiceField(Queue.Order.choices, required=False)
    reviewers_per_item = serializers.IntegerField(required=False)
    double_percent = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=100,
        help_text="So many of a hundred items, chosen by a hash, get one more review. Items that are done stay so.",
    )
    decides = ChoiceField(Queue.Decides.choices, required=False, help_text="Who settles an item whose reviews differ.")
    blindness = BlindnessSerializer(required=False)
    presentation = PresentationSerializer(required=False, help_text="What is left out stays as it is.")
    masking = MaskingSerializer(required=False, help_text="Replaces what was masked before.")
    reservation_minutes = serializers.IntegerField(required=False)
    most_items = serializers.IntegerField(required=False, allow_null=True, help_text="null: any number.")
    due_on = serializers.DateField(required=False, allow_null=True)
    is_open_to_all = serializers.BooleanField(required=False)
    reviewers = serializers.SlugRelatedField(
        slug_field="email",
        many=True,
        queryset=User.objects.none(),
        required=False,
        error_messages={"does_not_exist": PERSON_UNKNOWN},
    )
    accepts_at_once = serializers.BooleanField(required=False)
    gold_percent = serializers.IntegerField(
        required=False, min_value=0, max_value=50, help_text="Of what somebody is given: items with known answers."
    )
    retest_percent = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=50,
        help_text="Of what somebody is given: items that they reviewed before.",
    )
    retest_days = serializers.IntegerField(required=False, min_value=0, max_value=365)
    shows_gold = serializers.BooleanField(required=False, help_text="Reviewers are told their own gold results.")
    target_dataset = serializers.SlugRelatedField(
        slug_field="uuid", queryset=Dataset.objects.none(), required=False, allow_null=True
    )
    rubric = RubricField(required=False)
    ask_again = serializers.BooleanField(
        default=False,
        help_text="Ask reviewers again where questions or choices of the rubric are new, or it takes an answer no more; "
        "their answers stand. `rubric/preview` says of how many reviews; where they are very many, a job goes on.",
    )
    status = ChoiceField(Queue.Status.choices, required=False)

    def get_fields(self) -> dict[str, Any]:
        """The fields, with the datasets and people to choose from."""
        fields: dict[str, Any] = super().get_fields()
        if "datasets" in self.context:
            fields["target_dataset"].queryset = self.context["datasets"]
            fields["reviewers"].child_relation.queryset = self.context["people"]
        return fields

    def settings(self, before: QueueSettings | None = None) -> QueueSettings:
        """The settings given, on top of those that the queue has."""
        names = set(QueueSettings.__dataclass_fields__)
        given = {name: value for name, value in self.validated_data.items() if name in names}
        if "reviewers" in given:
            given["reviewers"] = tuple(given["reviewers"])
        kept = {name: getattr(before, name) for name in names} if before else {}
        if "blindness" in given:
            policy = before.blindness if before else blindness.Blindness()
            given["blindness"] = policy.model_copy(update=dict(given["blindness"]))
        if "presentation" in given:
            shown = before.presentation if before else Presentation()
            given["presentation"] = Presentation(**{**shown.model_dump(), **given["presentation"]})
        if "masking" in given:
            given["masking"] = given["masking"]["policy"]
        return QueueSettings(**{**kept, **given})
