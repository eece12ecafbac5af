"""What reviewers of a queue see, as a part of its form: parts of the trajectory, and personal data that is masked."""

from __future__ import annotations

from typing import Any

from django import forms

from annotation.domain.queues import masking
from annotation.domain.queues.masking import Masking
from annotation.domain.queues.presentation import FIELDS, LONGEST_KEY, MOST_FACTS, PARTS, How, Presentation, Texts

HOW = ((How.SHOWN.value, "Shown"), (How.FOLDED.value, "Folded"), (How.HIDDEN.value, "Hidden"))
TEXTS = ((Texts.RENDERED.value, "Rendered"), (Texts.RAW.value, "Raw, as they came"))


class SightFields(forms.Form):
    """The fields; a form that sends none of them asks for everything to be shown as it is."""

    system = forms.ChoiceField(label=PARTS["system"], choices=HOW, initial="shown", required=False)
    reasoning = forms.ChoiceField(label=PARTS["reasoning"], choices=HOW, initial="shown", required=False)
    tools = forms.ChoiceField(label=PARTS["tools"], choices=HOW, initial="shown", required=False)
    documents = forms.ChoiceField(label=PARTS["documents"], choices=HOW, initial="shown", required=False)
    left_out = forms.MultipleChoiceField(
        label="Left out",
        choices=list(FIELDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Inputs and outputs as they came hold system prompts, reasoning, calls and documents, so they are left out"
        " wherever one of these is hidden. Their words may name the model where its name is hidden: leave them out then.",
    )
    texts = forms.ChoiceField(label="Texts", choices=TEXTS, initial="rendered", required=False)
    facts = forms.CharField(
        label="Above the conversation",
        required=False,
        max_length=2_000,
        help_text="Keys of the trace’s metadata, with commas between, as in “customer_tier, language”; “tags” for its tags.",
    )
    may_show_rest = forms.BooleanField(
        label="Reviewers may ask for the rest",
        required=False,
        help_text="A button on the page shows what is hidden or left out; masked data stays masked.",
    )
    masked = forms.MultipleChoiceField(
        label="Personal data that is masked",
        choices=[(kind.value, words) for kind, words in masking.WORDS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Reads as [e-mail 2], the same value always alike; corrections get the values back when they are saved.",
    )
    own_patterns = forms.CharField(
        label="Patterns of your own",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "input mono", "spellcheck": "false"}),
        help_text="A line each: a name, a colon, a regular expression. “customer: KD-\\d{6}” reads as [customer 1].",
    )

    def parts_of_sight(self) -> list[forms.BoundField]:
        """The fields that are one choice each."""
        return [self[name] for name in (*PARTS, "texts")]

    def clean_own_patterns(self) -> tuple[masking.OwnPattern, ...]:
        """The patterns, read."""
        try:
            found = masking.typed(self.cleaned_data["own_patterns"])
            return Masking(patterns=found).patterns
        except ValueError as problem:
            raise forms.ValidationError(masking.words_of(problem)) from problem

    def clean_facts(self) -> tuple[str, ...]:
        """The keys, each once."""
        keys = dict.fromkeys(key.strip() for key in self.cleaned_data["facts"].split(",") if key.strip())
        if len(keys) > MOST_FACTS or any(len(key) > LONGEST_KEY for key in keys):
            raise forms.ValidationError(f"At most {MOST_FACTS} keys of at most {LONGEST_KEY} characters.")
        return tuple(keys)

    def sight(self) -> dict[str, Any]:
        """The settings that a valid form asks for, taken out of what it holds."""
        given = self.cleaned_data
        parts = {part: given.pop(part) or How.SHOWN for part in PARTS}
        left_out, texts = given.pop("left_out"), given.pop("texts") or Texts.RENDERED
        fields = {name: name not in left_out for name in FIELDS}
        rest = {"facts": given.pop("facts"), "texts": texts, "may_show_rest": given.pop("may_show_rest")}
        masks = Masking(kinds=given.pop("masked"), patterns=given.pop("own_patterns"))
        return {"presentation": Presentation.model_validate({**parts, **fields, **rest}), "masking": masks}


def initial(shown: Presentation, masks: Masking) -> dict[str, Any]:
    """What the form shows of a queue."""
    return {
        **{part: getattr(shown, part).value for part in PARTS},
        "left_out": [name for name in FIELDS if not getattr(shown, name)],
        "texts": shown.texts.value,
        "facts": ", ".join(shown.facts),
        "may_show_rest": shown.may_show_rest,
        "masked": [kind.value for kind in masks.kinds],
        "own_patterns": masking.lines(masks.patterns),
    }
