"""People, workspaces and projects."""

from factory import Sequence, SubFactory

from annotation.models import Membership, Project, User, Workspace
from tests.factories.base import Factory


class UserFactory(Factory[User]):
    class Meta:
        model = User

    email = Sequence(lambda number: f"person{number}@example.org")


class WorkspaceFactory(Factory[Workspace]):
    class Meta:
        model = Workspace

    slug = Sequence(lambda number: f"workspace-{number}")
    name = Sequence(lambda number: f"Workspace {number}")


class MembershipFactory(Factory[Membership]):
    class Meta:
        model = Membership

    workspace = SubFactory(WorkspaceFactory)
    user = SubFactory(UserFactory)
    role = Membership.Role.EDITOR


class ProjectFactory(Factory[Project]):
    class Meta:
        model = Project

    workspace = SubFactory(WorkspaceFactory)
    slug = Sequence(lambda number: f"project-{number}")
    name = Sequence(lambda number: f"Project {number}")
