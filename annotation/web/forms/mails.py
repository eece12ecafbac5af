"""What a person wants mails about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms

from annotation.domain.notices import wishes
from annotation.domain.notices.wishes import Wish
from annotation.models import Notice, Queue

KINDS = (
    (Notice.Kind.ASSIGNED.value, "Items are assigned to me"),
    (Notice.Kind.DISAGREEMENT.value, "Reviews of an item differ (for editors and admins)"),
    (Notice.Kind.DONE.value, "A queue is done (for editors and admins)"),
    (wishes.WARNING, "A webhook turned itself off, as it failed for days (for admins)"),
)


class MailForm(forms.Form):
    """Which mails, and when the daily one comes."""

    kinds = forms.MultipleChoiceField(
        label="Mail me when", choices=KINDS, required=False, widget=forms.CheckboxSelectMultiple
    )
    has_digest = forms.BooleanField(
        label="What waits for me and what changed, on days on which something does", required=False
    )
    digest_hour = forms.TypedChoiceField(
        label="At", coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )
    time_zone = forms.ChoiceField(label="Time zone", choices=[])
    muted = forms.MultipleChoiceField(
        label="Nothing about these queues, whatever is chosen above",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, wish: Wish, queues: Sequence[Queue]) -> None:
        self.queues = {str(queue.uuid): queue for queue in queues}
        self.unseen = [queue for queue in wish.muted if str(queue.uuid) not in self.queues]
        muted = [str(queue.uuid) for queue in wish.muted]
        kinds = [*wish.kinds, *([wishes.WARNING] if wish.is_warned else [])]
        digest = {name: getattr(wish, name) for name in ("has_digest", "digest_hour", "time_zone")}
        super().__init__(data, initial={"kinds": kinds, "muted": muted} | digest)
        self._choices("time_zone", [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())])
        self._choices("muted", [(uuid, f"{queue.workspace}: {queue}") for uuid, queue in self.queues.items()])

    def wish(self) -> Wish:
        """What a valid form says; queues that the person does not see at present stay as they are."""
        given = dict(self.cleaned_data)
        muted = [self.queues[uuid] for uuid in given.pop("muted")]
        asked = given.pop("kinds")
        kinds = [kind for kind in asked if kind != wishes.WARNING]
        return Wish(**given, kinds=kinds, is_warned=wishes.WARNING in asked, muted=[*muted, *self.unseen])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- for the type checker
        field.choices = choices
