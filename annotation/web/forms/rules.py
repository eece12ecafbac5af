"""A rule as a form: when a trace matches, sample, then."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from annotation.domain.queues import priorities
from annotation.domain.rules import backfill, queries
from annotation.domain.rules.actions import AddToQueue
from annotation.domain.rules.lifecycle import RuleDraft, RuleInvalidError
from annotation.domain.traces.filters import FilterError
from annotation.models import Queue

FORM_FIELDS = {"actions": "queue", "sample_rate": "percent"}


class QueueChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """Queues by their name."""

    def label_from_instance(self, obj: Queue) -> str:
        """The queue's name, and its state when that is not the usual one."""
        return obj.name if obj.status == Queue.Status.ACTIVE else f"{obj.name} ({obj.get_status_display().lower()})"


class RuleForm(forms.Form):
    """`queues` are those that the rule may fill."""

    name = forms.CharField(label="Name", max_length=120)
    filter = forms.CharField(
        label="Filter",
        required=False,
        max_length=4000,
        strip=True,
        widget=forms.Textarea(
            attrs={
                "rows": 2,
                "class": "code",
                "spellcheck": "false",
                "autocomplete": "off",
                "placeholder": "verdict is bad and output matches /refund(able)?/i",
            }
        ),
        help_text="Empty: every trace.",
    )
    percent = forms.DecimalField(
        label="Share of matches, in percent",
        min_value=Decimal("0.0001"),
        max_value=Decimal(100),
        decimal_places=4,
        max_digits=7,
        widget=forms.NumberInput(attrs={"step": "any", "class": "num"}),
    )
    queue = QueueChoice(
        label="Add to queue", queryset=Queue.objects.none(), to_field_name="uuid", empty_label="Choose…"
    )
    priority = forms.IntegerField(
        label="Priority",
        min_value=priorities.LEAST,
        max_value=priorities.MOST,
        required=False,
        help_text="Higher comes first.",
    )

    def __init__(self, *args: Any, queues: QuerySet[Queue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["queue"]
        assert isinstance(choice, QueueChoice)  # noqa: S101 -- declared above
        choice.queryset = queues
        self.filter_problem: FilterError | None = None

    def draft(self) -> RuleDraft:
        """What a valid form says."""
        given = self.cleaned_data
        action = AddToQueue(queue=given["queue"].uuid, priority=given["priority"] or 0)
        return RuleDraft(given["name"], given["filter"], given["percent"] / 100, (action,))

    def refuse(self, problem: RuleInvalidError) -> None:
        """Shows what the domain would not take at the fields that say it."""
        for field, found in problem.problems.items():
            if isinstance(found, FilterError):
                self.filter_problem = found
            self.add_error(FORM_FIELDS.get(field, field), str(found))

    @property
    def pointer(self) -> SafeString | None:
        """The filter with the wrong part marked."""
        return pointer(str(self["filter"].value() or ""), self.filter_problem) if self.filter_problem else None


def pointer(text: str, problem: FilterError) -> SafeString:
    """The text of a filter with the part marked that a problem is about."""
    start, end = problem.span.start, max(problem.span.end, problem.span.start + 1)
    return format_html("{}<mark>{}</mark>{}", text[:start], text[start:end] or " ", text[end:])


def initial_of(draft: RuleDraft) -> dict[str, object]:
    """A rule as it stands, for the form."""
    action = draft.actions[0] if draft.actions else None
    return {
        "name": draft.name,
        "filter": draft.filter,
        "percent": queries.percent(draft.sample_rate),
        "queue": action.queue if action else None,
        "priority": action.priority if action else 0,
    }


class BackfillForm(forms.Form):
    """How far back a rule is run."""

    days = forms.IntegerField(label="Days back from now", min_value=1, max_value=backfill.MOST_DAYS)
