"""People, workspaces, what lets them in, and what they share."""

from datetime import UTC, datetime

from factory import Sequence, SubFactory

from annotation.models import ApiKey, Invitation, Membership, Project, SavedView, SetupLink, User, Workspace
from tests.factories.base import Factory

LATER = datetime(2099, 1, 1, tzinfo=UTC)


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


class InvitationFactory(Factory[Invitation]):
    class Meta:
        model = Invitation

    workspace = SubFactory(WorkspaceFactory)
    email = Sequence(lambda number: f"guest{number}@example.org")
    role = Membership.Role.VIEWER
    token_hash = Sequence(lambda number: f"{number:064x}")
    expires_at = LATER


class SetupLinkFactory(Factory[SetupLink]):
    class Meta:
        model = SetupLink

    token_hash = Sequence(lambda number: f"{number:064x}")


class ApiKeyFactory(Factory[ApiKey]):
    class Meta:
        model = ApiKey

    workspace = SubFactory(WorkspaceFactory)
    name = "A key"
    prefix = "ta_0000"
    token_hash = Sequence(lambda number: f"{number:064x}")
    scopes = [ApiKey.Scope.READ]


class SavedViewFactory(Factory[SavedView]):
    class Meta:
        model = SavedView

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda number: f"View {number}")
