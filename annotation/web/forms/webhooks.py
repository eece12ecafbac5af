"""Webhooks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from annotation.domain.notices.webhooks import Terms, terms_of
from annotation.models import Notice, Queue, Webhook

EVENTS = [(kind.value, f"{kind.label} ({kind.value})") for kind in Notice.HEARD]
WHICH = (("all", "All, those to come too"), ("some", "Only these"))


class WebhookForm(forms.Form):
    """Where, what and of which queues."""

    name = forms.CharField(label="Name", max_length=120, help_text="What receives it: “team chat”.")
    url = forms.CharField(
        label="Address",
        max_length=2000,
        widget=forms.URLInput(attrs={"placeholder": "https://hooks.example.com/traceapp"}),
        help_text="https, at a public address.",
    )
    events = forms.MultipleChoiceField(label="It is told when", choices=EVENTS, widget=forms.CheckboxSelectMultiple)
    which = forms.ChoiceField(label="Queues", choices=WHICH, widget=forms.RadioSelect, initial="all")
    queues = forms.ModelMultipleChoiceField(
        label="These queues",
        queryset=Queue.objects.none(),
        to_field_name="uuid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, queues: QuerySet[Queue], webhook: Webhook | None = None) -> None:
        super().__init__(data, initial=_initial(webhook) if webhook else {"events": Notice.HEARD})
        field = self.fields["queues"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 -- for the type checker
        field.queryset = queues.order_by("name")

    def terms(self) -> Terms:
        """What a valid form says."""
        given = self.cleaned_data
        queues = list(given["queues"]) if given["which"] == "some" else None
        return Terms(given["name"], given["url"], given["events"], queues)


def _initial(webhook: Webhook) -> dict[str, Any]:
    known = terms_of(webhook)
    which = "all" if known.queues is None else "some"
    queues = [queue.uuid for queue in known.queues or ()]
    return {"name": known.name, "url": known.url, "events": known.kinds, "which": which, "queues": queues}
