"""People, workspaces, who may do what in them, and the keys of programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now

from annotation.models.base import PublicModel, one_of, together


class UserManager(BaseUserManager["User"]):
    """Creates users; e-mail addresses are kept in lower case, so that one person has one account."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class UserTheme(models.TextChoices):
    """How pages look to a person."""

    SYSTEM = "system", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class User(AbstractBaseUser, PublicModel):
    """A person who signs in with an e-mail address; what they may do follows from memberships alone.

    `keys` are the keys of the review page that they have moved, read by `domain.projects.own_keys` (typed).
    """

    Theme = UserTheme

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True)
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    keys = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_in_lower_case"),
            one_of("theme", UserTheme, "user_theme_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Workspace(PublicModel):
    """The tenant: nothing crosses it."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class MembershipRole(models.TextChoices):
    VIEWER = "viewer", "Viewer"
    REVIEWER = "reviewer", "Reviewer"
    EDITOR = "editor", "Editor"
    ADMIN = "admin", "Admin"


class Membership(models.Model):
    """One person's role in one workspace."""

    Role = MembershipRole

    id = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="membership_once_per_workspace"),
            one_of("role", MembershipRole, "membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role}"


class Invitation(PublicModel):
    """A one-time link that lets somebody join a workspace; only the hash of its token is kept."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=16, choices=Membership.Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            one_of("role", MembershipRole, "invitation_role_known"),
            together("accepted_at", "accepted_by", "invitation_accepted_by_and_at"),
            models.UniqueConstraint(
                "workspace",
                Lower("email"),
                condition=models.Q(accepted_at__isnull=True),
                name="invitation_one_open_per_email",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class SetupLink(models.Model):
    """The one-time link with which the first admin of an empty installation is created."""

    id = models.BigAutoField(primary_key=True)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"setup link {self.pk}"


class Project(PublicModel):
    """A stream of traces of one application and environment; `retention_days` is how long they stay (null: for ever).

    `extra` keeps what a program says of it, such as `{"metadata": {…}}`; `ended_at` when it said that no more will come.
    A project with a `reference_dataset` answers that dataset's rows. One with `deleted_at` is seen nowhere any more; it
    stays for requests that were on their way into it, and its name is free.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200)
    description = models.TextField(blank=True)
    retention_days = models.PositiveIntegerField(null=True, blank=True)
    extra = models.JSONField(default=dict, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reference_dataset = models.ForeignKey(
        "annotation.Dataset", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"],
                condition=models.Q(deleted_at__isnull=True),
                name="project_name_once_per_workspace",
            ),
            models.UniqueConstraint(
                fields=["workspace", "slug"],
                condition=models.Q(deleted_at__isnull=True),
                name="project_slug_once_per_workspace",
            ),
            models.CheckConstraint(
                condition=models.Q(retention_days__isnull=True) | models.Q(retention_days__gte=1),
                name="project_retention_at_least_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApiKeyScope(models.TextChoices):
    INGEST = "ingest", "Send traces and feedback"
    READ = "read", "Read"
    WRITE = "write", "Read and change"


class ApiKey(PublicModel):
    """A program's credential: the token is shown once, a SHA-256 of it is kept with a visible prefix.

    `project` is where traces go that name no project themselves; a confined key may touch nothing but that project.
    """

    Scope = ApiKeyScope

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="api_keys")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="api_keys")
    is_confined = models.BooleanField(default=True)
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope.choices))
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__len__gt=0) & models.Q(scopes__contained_by=ApiKeyScope.values),
                name="api_key_scopes_known",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "-created_at"], name="api_key_list")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def only_project(self) -> Project | None:
        """The one project that the key may touch, or None: the whole workspace."""
        return self.project if self.is_confined else None
