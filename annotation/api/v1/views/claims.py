"""How an item on somebody's screen is answered."""

from __future__ import annotations

from typing import Any

from annotation.api.v1.serializers.items import ClaimSerializer
from annotation.domain.queues import rubric_versions
from annotation.domain.queues.assignment import Claim
from annotation.domain.reviews import drafts
from annotation.models import User


def claimed(claim: Claim, *, by: User) -> dict[str, Any]:
    """The item with what is asked about it and what the person had typed."""
    queue, draft = claim.item.queue, drafts.load(item=claim.item, by=by)
    version = rubric_versions.current(queue)
    answer = {
        "item": claim.item,
        "expires_at": claim.expires_at,
        "rubric_version": version.number,
        "rubric": rubric_versions.asked_of(claim.item, version, by).document(),
        "draft": draft.content.document() if draft else None,
    }
    return dict(ClaimSerializer(answer, context={"person": by}).data)
