"""Who may do what: one table from role to capabilities, and the same for the scopes of API keys."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from annotation.models import ApiKey, Membership

Role = Membership.Role
Scope = ApiKey.Scope


class Capability(StrEnum):
    """Something that a member or a key may be allowed to do in a workspace."""

    READ = "read"  # traces, threads, feedback, datasets, queues and their progress, rules, jobs
    REVIEW = "review"  # claim and submit items of the queues that are open to the person
    GIVE_FEEDBACK = "give_feedback"  # inline feedback on traces
    EDIT = "edit"  # views, datasets, queue items, accepting corrections, imports and exports
    ADMINISTER = "administer"  # rules, queues, members, keys, feedback configs, audit log
    INGEST = "ingest"  # send traces and feedback


ROLE_CAPABILITIES: dict[str, frozenset[Capability]] = {
    Role.VIEWER: frozenset({Capability.READ}),
    Role.REVIEWER: frozenset({Capability.REVIEW}),
    Role.EDITOR: frozenset({Capability.READ, Capability.REVIEW, Capability.GIVE_FEEDBACK, Capability.EDIT}),
    Role.ADMIN: frozenset(set(Capability) - {Capability.INGEST}),
}

SCOPE_CAPABILITIES: dict[str, frozenset[Capability]] = {
    Scope.INGEST: frozenset({Capability.INGEST}),
    Scope.READ: frozenset({Capability.READ}),
    Scope.WRITE: frozenset({Capability.READ, Capability.REVIEW, Capability.GIVE_FEEDBACK, Capability.EDIT,
                            Capability.ADMINISTER}),
}  # fmt: skip


def role_may(role: str, capability: Capability) -> bool:
    """Whether a member with this role has the capability."""
    return capability in ROLE_CAPABILITIES.get(role, frozenset())


def scopes_may(scopes: Iterable[str], capability: Capability) -> bool:
    """Whether a key with these scopes has the capability."""
    return any(capability in SCOPE_CAPABILITIES.get(scope, frozenset()) for scope in scopes)
