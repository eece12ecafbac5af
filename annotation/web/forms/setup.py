"""The first admin, workspace and project."""

from __future__ import annotations

from django import forms

from annotation.web.forms.account import JoinForm


class SetupForm(JoinForm):
    """Who administers, and what the first workspace and project are called."""

    email = forms.EmailField(
        label="Your e-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    workspace = forms.CharField(label="Workspace", max_length=120, help_text="Your team, or what it makes.")
    project = forms.CharField(
        label="First project",
        max_length=200,
        initial="default",
        help_text="One application in one environment. More appear as traces arrive.",
    )
    field_order = ("name", "email", "password", "again", "workspace", "project")
