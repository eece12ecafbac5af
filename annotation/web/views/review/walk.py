"""The list that a review page was opened from: next and previous stay within it, and so does what comes after a submission."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from annotation.domain.queues import assignment, shown
from annotation.domain.queues.assignment import Claim
from annotation.domain.queues.shown import PERSONAL, Shown
from annotation.models import Item
from annotation.web.access import visible
from annotation.web.http import MemberRequest

NAME = "state"
"""Of the address, and of the form: which list it is."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The list (`label` in words), and the addresses of the items before and after this one; empty where there is none."""

    shown: Shown
    label: str
    address: str
    newer: str
    older: str


def of(request: MemberRequest, item: Item) -> Walk | None:
    """Where the item stands in the list that the address or the form names; None without one. Two statements."""
    which = listed(request)
    if which is None:
        return None
    newer, older = shown.neighbours(_items(request, item, which), item)
    label = which.value.replace("_", " ")
    return Walk(
        which, label, list_address(request, item, which), _page(request, item, newer), _page(request, item, older)
    )


def listed(request: MemberRequest) -> Shown | None:
    """The list that the request names."""
    named = request.POST.get(NAME) or request.GET.get(NAME)
    offered = PERSONAL if request.actor.is_limited_to_queues else list(Shown)
    return next((one for one in offered if one == named), None)


def kept(request: MemberRequest) -> dict[str, str]:
    """What addresses within the page carry, so that the list is not forgotten."""
    which = listed(request)
    return {NAME: which.value} if which else {}


def claim_following(request: MemberRequest, item: Item, which: Shown) -> Claim | None:
    """The item after this one in the list, for the person; None at its end. Raises ClaimError."""
    return assignment.claim_after(item=item, among=_items(request, item, which), by=request.user, now=timezone.now())


def likely_following(request: MemberRequest, item: Item, which: Shown) -> Item | None:
    """What `claim_following` would probably give, unreserved. Raises ClaimError."""
    return assignment.likely_after(item=item, among=_items(request, item, which), by=request.user)


def list_address(request: MemberRequest, item: Item, which: Shown) -> str:
    """The page of the queue with this list."""
    address = reverse("queue-detail", args=[request.workspace.slug, item.queue.uuid])
    return f"{address}?{urlencode({NAME: which.value})}"


def _items(request: MemberRequest, item: Item, which: Shown) -> QuerySet[Item]:
    return shown.shown(visible(request, Item).filter(queue=item.queue_id), which, request.user)


def _page(request: MemberRequest, item: Item, number: int | None) -> str:
    if number is None:
        return ""
    address = reverse("item-review", args=[request.workspace.slug, item.queue.uuid, number])
    return f"{address}?{urlencode(kept(request))}"
