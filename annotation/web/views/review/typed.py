"""What the form of an item holds: read, and kept as a draft as far as somebody has touched it."""

from __future__ import annotations

from dataclasses import replace

from django.http import QueryDict
from django.utils import timezone

from annotation.domain.queues import rubric_versions
from annotation.domain.queues.rubric import Rubric
from annotation.domain.reviews import checking, content, drafts, history, masked, opening
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Item, Review
from annotation.web import sight
from annotation.web.forms import review_fields, review_sent
from annotation.web.forms.review_sent import Sent
from annotation.web.http import MemberRequest
from annotation.web.views.review import correction


def read(request: MemberRequest, item: Item) -> Sent:
    """What the form holds. A correction that says what it began with is none: nobody has touched it."""
    sent = review_sent.read(request.POST, shown_rubric(request, item))
    given = sent.given
    if given.correction is None or sent.problems:
        return sent
    seen = sight.of(request, item)
    began = masked.original(correction.original(item, given, seen), seen)
    if not checking.changes_nothing(given.correction, began):
        return sent
    return replace(sent, given=given.model_copy(update={"correction": None}))


def shown_rubric(request: MemberRequest, item: Item) -> Rubric:
    """The rubric that the person was shown."""
    shown = request.POST.get("rubric_version", "")
    number = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 9 else None
    version = rubric_versions.numbered(item.queue, number) or rubric_versions.current(item.queue)
    return rubric_versions.asked_of(item, version, request.user)


def keep(request: MemberRequest, item: Item) -> bool | None:
    """Keep what the form holds; None, and nothing is kept, if the person has submitted the item since that page was made."""
    review = opening.own_review(item, request.user)
    if review_sent.seen_submissions(request.POST) != (review.submission_count if review else 0):
        return None
    return _store(request, item, read(request, item).given, review)


def store(request: MemberRequest, item: Item, given: ReviewInput) -> bool:
    """Keep what was typed as the draft; False, and there is none, where that is only what the page was filled with."""
    return _store(request, item, given, opening.own_review(item, request.user))


def _store(request: MemberRequest, item: Item, given: ReviewInput, review: Review | None) -> bool:
    if content.is_same(given, _begun(request, item, review) if review else ReviewInput()):
        drafts.discard(item=item, by=request.user)
        return False
    drafts.save(item=item, by=request.user, content=given, now=timezone.now(), sight=sight.of(request, item))
    return True


def _begun(request: MemberRequest, item: Item, review: Review) -> ReviewInput:
    """The review as its form would send it."""
    given = masked.given(history.as_input(review), sight.of(request, item))
    asked, fields = shown_rubric(request, item), QueryDict(mutable=True)
    for name, value in review_fields.kept(given, asked, ()):
        fields.appendlist(name, value)
    return review_sent.read(fields, asked).given.model_copy(update={"labels": given.labels, "note": given.note})
