"""Who may do what: the role table, the person or program that asks, and the rows that they may see."""

from annotation.domain.access.actor import Actor, member_actor
from annotation.domain.access.roles import (
    ROLE_CAPABILITIES,
    SCOPE_CAPABILITIES,
    Capability,
    Role,
    Scope,
    role_may,
    scopes_may,
)
from annotation.domain.access.visibility import (
    OPEN_STATUSES,
    first,
    found,
    open_queues,
    reviewable_queues,
    visible,
    withdrawn_queues,
)

__all__ = [
    "OPEN_STATUSES",
    "ROLE_CAPABILITIES",
    "SCOPE_CAPABILITIES",
    "Actor",
    "Capability",
    "Role",
    "Scope",
    "first",
    "found",
    "member_actor",
    "open_queues",
    "reviewable_queues",
    "role_may",
    "scopes_may",
    "visible",
    "withdrawn_queues",
]
