"""What a person wants mails about."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms

from annotation.domain.notices.wishes import Wish
from annotation.models import Notice

KINDS = (
    (Notice.Kind.ASSIGNED.value, "Items are assigned to me"),
    (Notice.Kind.DISAGREEMENT.value, "Reviews of an item differ (for editors and admins)"),
    (Notice.Kind.DONE.value, "A queue is done (for editors and admins)"),
)


class MailForm(forms.Form):
    """Which mails, and when the daily one comes."""

    kinds = forms.MultipleChoiceField(
        label="Mail me when", choices=KINDS, required=False, widget=forms.CheckboxSelectMultiple
    )
    has_digest = forms.BooleanField(label="Every day, what waits for me, if something does", required=False)
    digest_hour = forms.TypedChoiceField(
        label="The daily mail comes at", coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )
    time_zone = forms.ChoiceField(label="Time zone", choices=[])

    def __init__(self, data: Any, *, wish: Wish) -> None:
        initial = {
            "kinds": list(wish.kinds),
            "has_digest": wish.has_digest,
            "digest_hour": wish.digest_hour,
            "time_zone": wish.time_zone,
        }
        super().__init__(data, initial=initial)
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- for the type checker
        field.choices = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
