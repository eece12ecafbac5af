"""The one that asks: a member or a program with a key, in one workspace, with what it may do there."""

from __future__ import annotations

from dataclasses import dataclass

from annotation.domain.access.roles import ROLE_CAPABILITIES, Capability
from annotation.models import ApiKey, Membership, Project, User, Workspace


@dataclass(frozen=True, slots=True)
class Actor:
    """A member or a key; `person` is who answers for what is changed, `project` the only one that a key may touch."""

    workspace: Workspace
    capabilities: frozenset[Capability]
    person: User | None
    key: ApiKey | None = None
    project: Project | None = None

    def may(self, capability: Capability) -> bool:
        """Whether the role or the scopes allow it."""
        return capability in self.capabilities

    @property
    def is_limited_to_queues(self) -> bool:
        """A reviewer: sees what stands in the queues open to them, and nothing else."""
        return not self.may(Capability.READ) and self.may(Capability.REVIEW)


def member_actor(membership: Membership) -> Actor:
    """A signed-in member of a workspace."""
    capabilities = ROLE_CAPABILITIES.get(membership.role, frozenset())
    return Actor(workspace=membership.workspace, capabilities=capabilities, person=membership.user)
