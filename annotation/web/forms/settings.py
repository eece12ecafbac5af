"""The settings of a workspace."""

from __future__ import annotations

from typing import Any

from django import forms

from annotation.models import ApiKey, Membership, Project, Workspace


class WorkspaceForm(forms.Form):
    """What a workspace is called."""

    name = forms.CharField(label="Name", max_length=120)


class InviteForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(label="E-mail", max_length=254)
    role = forms.ChoiceField(label="Role", choices=Membership.Role.choices, initial=Membership.Role.REVIEWER)


class RoleForm(forms.Form):
    """A member's new role."""

    role = forms.ChoiceField(label="Role", choices=Membership.Role.choices)


class ProjectForm(forms.Form):
    """What a project is called, and what it is."""

    name = forms.CharField(label="Name", max_length=200)
    description = forms.CharField(
        label="Description", required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class KeyForm(forms.Form):
    """A new key of `workspace`."""

    name = forms.CharField(label="Name", max_length=120, help_text="What uses it: “production agent”.")
    scopes = forms.MultipleChoiceField(
        label="It may", choices=ApiKey.Scope.choices, initial=[ApiKey.Scope.INGEST], widget=forms.CheckboxSelectMultiple
    )
    project = forms.ModelChoiceField(
        label="Project",
        queryset=Project.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label="All projects",
        help_text="Where traces go that name no project themselves.",
    )
    is_confined = forms.BooleanField(
        label="This project only",
        required=False,
        initial=True,
        help_text="The key can send to and read nothing but the project chosen above.",
    )
    expires_at = forms.DateField(
        label="Expires", required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="Empty: never."
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project = self.fields["project"]
        assert isinstance(project, forms.ModelChoiceField)  # noqa: S101 -- for the type checker
        project.queryset = Project.objects.filter(workspace=workspace, deleted_at__isnull=True).order_by("name")


class AuditFilterForm(forms.Form):
    """Which events of the audit log to show."""

    KINDS = (
        ("", "Everything"),
        ("api_key.", "API keys"),
        ("correction.", "Corrections"),
        ("dataset.", "Datasets"),
        ("failure_mode.", "Failure modes"),
        ("feedback_config.", "Feedback"),
        ("item.", "Items"),
        ("job.", "Jobs"),
        ("member.", "Members"),
        ("price.", "Prices"),
        ("project.", "Projects"),
        ("queue.", "Queues"),
        ("rule.", "Rules"),
        ("trace.", "Traces deleted"),
        ("webhook.", "Webhooks"),
        ("workspace.", "Workspace"),
    )

    actor = forms.CharField(label="Person", required=False, max_length=254)
    kind = forms.ChoiceField(label="About", required=False, choices=KINDS)
    since = forms.DateField(label="Since", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def wanted(self) -> dict[str, Any]:
        """The lookups of a valid filter."""
        given = self.cleaned_data
        lookups = {
            "actor__icontains": given["actor"].strip(),
            "action__startswith": given["kind"],
            "happened_at__date__gte": given["since"],
        }
        return {lookup: value for lookup, value in lookups.items() if value}
