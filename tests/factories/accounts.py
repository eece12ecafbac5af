"""People, workspaces and projects."""

from factory import Sequence, SubFactory
from factory.django import DjangoModelFactory

from annotation.models import Membership, Project, User, Workspace


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = Sequence(lambda number: f"person{number}@example.org")


class WorkspaceFactory(DjangoModelFactory[Workspace]):
    class Meta:
        model = Workspace

    slug = Sequence(lambda number: f"workspace-{number}")
    name = Sequence(lambda number: f"Workspace {number}")


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    workspace = SubFactory(WorkspaceFactory)
    user = SubFactory(UserFactory)
    role = Membership.Role.EDITOR


class ProjectFactory(DjangoModelFactory[Project]):
    class Meta:
        model = Project

    workspace = SubFactory(WorkspaceFactory)
    slug = Sequence(lambda number: f"project-{number}")
    name = Sequence(lambda number: f"Project {number}")
