"""Reviews: what a reviewer gives, and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from annotation.api.choices import ChoiceField
from annotation.api.v1.serializers.fields import AnyField, ShallowField, StrictSerializer
from annotation.domain.reviews.content import Part, ReviewInput
from annotation.domain.reviews.rubric import MOST_EVIDENCE
from annotation.models import Review

ANSWERS = (
    "By question key. Thumbs: up or down. Verdict: good, bad or unsure. Choice: an option’s key; several: a list of them. "
    "Scale and number: a number. Text: text. Assertions: a list of {side: must or must_not, text}. Ranking: all option keys, "
    "the best first."
)


class StepSerializer(StrictSerializer):
    """What was said of one step of the trajectory."""

    run = serializers.UUIDField()
    thumb = ChoiceField(["up", "down", ""], default="", allow_blank=True)
    labels = serializers.ListField(child=serializers.CharField(), default=list, help_text="Names of failure modes.")
    note = serializers.CharField(default="", allow_blank=True, trim_whitespace=False)
    answers = serializers.DictField(
        child=ShallowField(), default=dict, help_text="By key, to the questions that are asked of such steps (`of`)."
    )


class EvidenceSerializer(StrictSerializer):
    """A passage that speaks for a label."""

    label = serializers.CharField(help_text="One of `labels`.")  # type: ignore[assignment]  # the field's own stays
    run = serializers.UUIDField(
        default=None,
        allow_null=True,
        help_text="The step that says it: of the item, or of an earlier turn of its thread.",
    )
    text = serializers.CharField(trim_whitespace=False)


class ReviewInputSerializer(StrictSerializer):
    """One review; also the form of a draft, which may be incomplete."""

    answers = serializers.DictField(child=ShallowField(), default=dict, help_text=ANSWERS)
    labels = serializers.ListField(
        child=serializers.CharField(), default=list, help_text="Names of failure modes; unknown ones are coined."
    )
    evidence = serializers.ListField(
        child=EvidenceSerializer(),
        default=list,
        max_length=MOST_EVIDENCE,
        help_text=f"Passages that speak for labels; at most {MOST_EVIDENCE}.",
    )
    layer = serializers.CharField(default="", allow_blank=True, help_text="model, harness, context, or empty.")
    first_failing_run = serializers.UUIDField(default=None, allow_null=True)
    steps = StepSerializer(
        many=True, default=list, help_text="Judgements of single steps; each becomes feedback on its run."
    )
    correction = ShallowField(default=None, allow_null=True, help_text="What the output should have been.")
    corrected_run = serializers.UUIDField(default=None, allow_null=True, help_text="null: the trace’s final answer.")
    corrected_part = ChoiceField(
        ["", *Part], default="", allow_blank=True, help_text="What of the run: its answer if empty."
    )
    note = serializers.CharField(default="", allow_blank=True, trim_whitespace=False)
    active_ms = serializers.IntegerField(default=0, min_value=0)
    rubric_version = serializers.IntegerField(default=None, allow_null=True)


class SubmissionSerializer(ReviewInputSerializer):
    """One review, and what of it the caller knows."""

    seen = serializers.IntegerField(
        default=None,
        allow_null=True,
        help_text="The `submission_count` of your review that you read, 0 for none; 409 `review_changed` when you have "
        "submitted other answers since. null: whatever stands is replaced.",
    )


def review_of(given: Mapping[str, Any]) -> ReviewInput:
    """What a valid ReviewInputSerializer was given, in the domain's form."""
    names = {"first_failing_run": "first_failing_run_uuid", "corrected_run": "corrected_run_uuid"}
    return ReviewInput.model_validate({names.get(name, name): value for name, value in given.items()})


def typed(content: ReviewInput) -> dict[str, Any]:
    """The content as this interface names its parts."""
    given = content.model_dump(mode="json")
    given["first_failing_run"] = given.pop("first_failing_run_uuid")
    given["corrected_run"] = given.pop("corrected_run_uuid")
    return given


class ReviewSerializer(serializers.Serializer[Any]):
    """A submitted review."""

    id = serializers.UUIDField(source="uuid")
    item = serializers.UUIDField(source="item.uuid")
    item_number = serializers.IntegerField(source="item.number")
    queue = serializers.UUIDField(source="item.queue.uuid")
    trace_id = serializers.UUIDField(source="item.trace_uuid", allow_null=True)
    reviewer = serializers.EmailField(source="reviewer.email")
    rubric_version = serializers.IntegerField(source="rubric.number")
    answers = AnyField()
    labels = AnyField()
    layer = serializers.CharField()
    first_failing_run = serializers.UUIDField(source="first_failing_run_uuid", allow_null=True)
    steps = AnyField()
    correction = AnyField(allow_null=True)
    corrected_run = serializers.UUIDField(source="corrected_run_uuid", allow_null=True)
    corrected_part = serializers.CharField()
    correction_state = ChoiceField(Review.Correction.choices)
    decided_by = serializers.EmailField(source="decided_by.email", default=None, allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_note = serializers.CharField()
    note = serializers.CharField()
    active_ms = serializers.IntegerField()
    is_swapped = serializers.BooleanField(
        allow_null=True, help_text="Of a pair: whether its other trace stood left, as A."
    )
    is_authoritative = serializers.BooleanField()
    submission_count = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()
    modified_at = serializers.DateTimeField()


class VersionSerializer(serializers.Serializer[Any]):
    """What a review says, or said before one of its edits."""

    number = serializers.IntegerField(help_text="Which submission it was.")
    submitted_at = serializers.DateTimeField()
    is_current = serializers.BooleanField()
    review = ReviewInputSerializer(
        source="content", help_text="Its `active_ms` is all that was spent on the review up to then."
    )


class DecisionSerializer(StrictSerializer):
    """A word on a correction."""

    note = serializers.CharField(default="", allow_blank=True, max_length=5000)
    seen = serializers.IntegerField(
        default=None, allow_null=True, help_text="The `submission_count` that you read; 409 when it has moved on."
    )
