"""How an item on somebody's screen is answered."""

from __future__ import annotations

from typing import Any

from annotation.api import sight
from annotation.api.resource import Resource
from annotation.api.telling import told
from annotation.api.v1.serializers.items import ClaimSerializer
from annotation.api.v1.serializers.reviews import typed
from annotation.domain.queues import rubric_versions
from annotation.domain.queues.assignment import Claim
from annotation.domain.reviews import drafts, masked


def claimed(view: Resource, claim: Claim) -> dict[str, Any]:
    """The item with what is asked about it and what the caller had typed."""
    by, seen = view.person, sight.of(view, claim.item)
    queue, draft = claim.item.queue, drafts.load(item=claim.item, by=by)
    version = rubric_versions.current(queue)
    answer = {
        "item": sight.item(claim.item, seen),
        "expires_at": claim.expires_at,
        "rubric_version": version.number,
        "rubric": rubric_versions.asked_of(claim.item, version, by).document(),
        "draft": typed(masked.given(draft.content, seen)) if draft else None,
    }
    return told(ClaimSerializer, answer, person=by)
