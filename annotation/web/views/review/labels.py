"""What labels mean: their definitions and examples, and whether reading on still finds new ones."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from annotation.domain.access import Capability
from annotation.domain.reviews import coding, opening, originals
from annotation.models import FailureMode, Queue
from annotation.web import sight
from annotation.web.access import member, visible
from annotation.web.http import MemberRequest
from annotation.web.views.review import pages


@dataclass(frozen=True, slots=True)
class Card:
    """A label with what it means and the latest passages that spoke for it."""

    mode: FailureMode
    examples: list[str]


@require_GET
@never_cache
@member(Capability.REVIEW)
def item_labels(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """Asked for once the page of an item stands, so that it costs nobody a wait."""
    item = pages.item_of(request, uuid, number)
    queues = visible(request, Queue).values_list("pk", flat=True)
    found = coding.examples(item, person=request.user, queues=queues)
    seen = sight.of(request, item)
    modes = opening.labels_of(originals.project_of(item))
    context = {
        "cards": [Card(mode, [seen.text(words) for words in found.get(mode.uuid, [])]) for mode in modes],
        "saturation": coding.saturation(item.queue),
    }
    return render(request, "review/label_cards.html", context)
