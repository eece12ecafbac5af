"""What reviewers of a queue see, as its settings say it."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from rest_framework import serializers

from annotation.api.choices import ChoiceField
from annotation.api.v1.serializers.fields import StrictSerializer
from annotation.domain.masking import Kind
from annotation.domain.queues import masking
from annotation.domain.queues.masking import Masking
from annotation.domain.queues.presentation import LONGEST_KEY, MOST_FACTS, How, Texts

_HOW = [how.value for how in How]


class PresentationSerializer(StrictSerializer):
    """Parts of a trajectory for reviewers; what is hidden or false is not sent to them."""

    system = ChoiceField(_HOW, required=False, help_text="System prompts.")
    reasoning = ChoiceField(_HOW, required=False)
    tools = ChoiceField(_HOW, required=False, help_text="Tool calls and their results.")
    documents = ChoiceField(_HOW, required=False, help_text="Retrieved documents.")
    steps = serializers.BooleanField(required=False, help_text="Chains, agents, prompts and parsers in the outline.")
    figures = serializers.BooleanField(required=False, help_text="Times, tokens and costs.")
    metadata = serializers.BooleanField(required=False, help_text="Metadata, attributes and tags.")
    raw = serializers.BooleanField(
        required=False, help_text="A step’s inputs and outputs as they came; not sent where a part is hidden."
    )
    texts = ChoiceField([one.value for one in Texts], required=False)
    facts = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_KEY),
        required=False,
        max_length=MOST_FACTS,
        help_text="Keys of the trace’s metadata that stand above the conversation; tags for its tags.",
    )
    may_show_rest = serializers.BooleanField(required=False, help_text="Reviewers may ask for all of it.")


class OwnPatternSerializer(StrictSerializer):
    """A pattern of the queue's own."""

    name = serializers.CharField(help_text="Stands in the tokens, as in [customer 3].")
    pattern = serializers.CharField(help_text="A regular expression without references and looking around.")


class MaskingSerializer(StrictSerializer):
    """Personal data that reviewers read tokens instead of."""

    kinds = serializers.ListField(child=ChoiceField([kind.value for kind in Kind]), required=False)
    patterns = OwnPatternSerializer(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Patterns that can be searched, each name once."""
        try:
            return {**attrs, "policy": Masking(**attrs)}
        except ValidationError as problem:
            raise serializers.ValidationError(masking.words_of(problem)) from problem
