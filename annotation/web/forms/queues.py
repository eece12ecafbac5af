"""A queue's settings as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from annotation.domain.access import ROLE_CAPABILITIES, Capability
from annotation.domain.queues import blindness
from annotation.domain.queues.blindness import Blindness
from annotation.domain.queues.settings import MOST_ITEMS, QueueSettings
from annotation.models import Dataset, Queue, User, Workspace
from annotation.web.forms import queue_sight
from annotation.web.forms.queue_sight import SightFields

REVIEWING_ROLES = [role for role, capabilities in ROLE_CAPABILITIES.items() if Capability.REVIEW in capabilities]

_AS_FOR_A_NEW_QUEUE = ("double_percent", "gold_percent", "retest_percent", "retest_days")
"""Numbers that are what they are for a new queue when their field is left empty."""

WHO = (("all", "Everybody who may review"), ("named", "Only these people"))


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """People by name and address."""

    def label_from_instance(self, obj: Any) -> str:
        """A name with the address."""
        return f"{obj.name} ({obj.email})" if obj.name else str(obj.email)


class QueueForm(SightFields):
    """All settings of a queue of `workspace` beside its rubric; `before` are the reviewers that it names already."""

    name = forms.CharField(label="Name", max_length=120)
    instructions = forms.CharField(
        label="Instructions",
        required=False,
        max_length=50_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Markdown. It opens by itself beside the first item that somebody reviews here, and again with I.",
    )
    target_dataset = forms.ModelChoiceField(
        label="Target dataset",
        queryset=Dataset.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label="None: corrections stay on the trace",
        help_text="Accepted corrections become rows of it.",
    )
    accepts_at_once = forms.BooleanField(
        label="Accept corrections at once",
        required=False,
        help_text="Without it, an editor looks at each correction first.",
    )
    who = forms.ChoiceField(label="Who reviews", choices=WHO, widget=forms.RadioSelect, initial="all")
    reviewers = PeopleField(
        label="People",
        queryset=User.objects.none(),
        to_field_name="uuid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reviewers_per_item = forms.IntegerField(label="Reviewers per item", min_value=1, max_value=10, initial=1)
    double_percent = forms.IntegerField(
        label="Reviewed by one more, % of the items",
        min_value=0,
        max_value=100,
        initial=0,
        required=False,
        help_text="Chosen by chance, the same for ever: shows how far people agree without doubling the work.",
    )
    reservation_minutes = forms.IntegerField(
        label="Minutes on one screen",
        min_value=1,
        max_value=1440,
        initial=15,
        help_text="An item comes free for others when nobody has touched it for so long.",
    )
    decides = forms.ChoiceField(
        label="Where reviews differ, who decides",
        choices=Queue.Decides.choices,
        initial=Queue.Decides.EDITOR,
        required=False,
        help_text="Reviews differ where a question has two answers; free text and labels do not count.",
    )
    hidden = forms.MultipleChoiceField(
        label="Hidden from reviewers until they have judged",
        choices=list(blindness.WORDS.items()),
        initial=Blindness().switches,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Kept on every review, so that blind ones can be told from the others.",
    )
    gold_percent = forms.IntegerField(
        label="Gold items, % of what somebody is given",
        min_value=0,
        max_value=50,
        initial=0,
        required=False,
        help_text="Items with known answers, mixed in; nobody can tell. Mark them in the list of items.",
    )
    retest_percent = forms.IntegerField(
        label="Given again, % of what somebody is given",
        min_value=0,
        max_value=50,
        initial=0,
        required=False,
        help_text="An item that they reviewed, without their answers: about 5 shows how alike they judge twice. 0: off.",
    )
    retest_days = forms.IntegerField(
        label="Days until an item may come again", min_value=0, max_value=365, initial=7, required=False
    )
    shows_gold = forms.BooleanField(
        label="Tell reviewers their own gold results",
        required=False,
        help_text="On their page “My reviews”, with the answers that are right.",
    )
    order = forms.ChoiceField(label="Order", choices=Queue.Order.choices, initial=Queue.Order.PRIORITY)
    most_items = forms.IntegerField(
        label="At most so many items",
        min_value=1,
        max_value=MOST_ITEMS,
        required=False,
        help_text="Rules and adding stop there. Leave it empty for any number.",
    )
    due_on = forms.DateField(
        label="Due on", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, workspace: Workspace, queue: Queue | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = queue.target_dataset_id if queue else None
        datasets = Dataset.objects.filter(Q(archived_at=None) | Q(pk=kept), workspace=workspace)
        self._choose("target_dataset", datasets.order_by("name"))
        people = User.objects.filter(memberships__workspace=workspace, memberships__role__in=REVIEWING_ROLES)
        self._choose("reviewers", people.order_by("email"))

    def _choose(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- for the type checker
        field.queryset = rows

    def settings(self) -> QueueSettings:
        """What a valid form asks for."""
        sight = self.sight()
        given = {**self.cleaned_data, **sight}
        given["is_open_to_all"] = given.pop("who") == "all"
        given["reviewers"] = tuple(given["reviewers"])
        for name in _AS_FOR_A_NEW_QUEUE:
            given[name] = self.fields[name].initial if given[name] is None else given[name]
        given["decides"] = given["decides"] or Queue.Decides.EDITOR
        given["blindness"] = Blindness.hiding(given.pop("hidden"))
        return QueueSettings(**given)


def initial(settings: QueueSettings) -> dict[str, Any]:
    """What the form shows of a queue."""
    shown = {name: getattr(settings, name) for name in QueueSettings.__dataclass_fields__}
    shown["who"] = "all" if shown.pop("is_open_to_all") else "named"
    shown["hidden"] = shown.pop("blindness").switches
    shown |= queue_sight.initial(shown.pop("presentation"), shown.pop("masking"))
    shown["reviewers"] = [str(person.uuid) for person in settings.reviewers]
    shown["target_dataset"] = str(settings.target_dataset.uuid) if settings.target_dataset else ""
    return shown


def typed(data: QueryDict) -> dict[str, Any]:
    """What somebody has typed so far, to show again without judging it."""
    several = {name: data.getlist(name) for name in ("reviewers", "hidden", "left_out", "masked")}
    switches = {name: name in data for name in ("accepts_at_once", "shows_gold", "may_show_rest")}
    return {**data.dict(), **several, **switches}
