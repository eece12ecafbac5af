"""Signing in, passwords and the profile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password

from annotation.models import User


class SignInForm(AuthenticationForm):
    """E-mail address and password; the same refusal for a wrong password and an unknown address."""

    username = forms.EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    error_messages = {
        "invalid_login": "This e-mail address and password do not belong together. Check both, or choose a new password.",
        "inactive": "This e-mail address and password do not belong together. Check both, or choose a new password.",
    }

    def clean_username(self) -> str:
        """As accounts know it."""
        return str(self.cleaned_data["username"]).strip().lower()


class NewPasswordForm(forms.Form):
    """A password typed twice, good enough for `user`."""

    password = forms.CharField(
        label="New password",
        strip=False,
        max_length=1_000,
        help_text=" ".join(password_validators_help_texts()),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="New password again",
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Refuse a weak one."""
        validate_password(self.cleaned_data["password"], self.user)
        return str(self.cleaned_data["password"])

    def clean(self) -> dict[str, Any]:
        """Refuse two different ones."""
        cleaned = super().clean() or {}
        if "password" in cleaned and cleaned["password"] != cleaned.get("again"):
            self.add_error("again", "The two passwords differ: type the same one twice.")
        return cleaned


class ChangePasswordForm(NewPasswordForm):
    """The new password, from somebody who knows the present one."""

    current = forms.CharField(
        label="Present password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    field_order = ("current", "password", "again")

    def clean_current(self) -> str:
        """Refuse somebody who found an open screen."""
        if not self.user.check_password(self.cleaned_data["current"]):
            raise forms.ValidationError("This is not your present password.")
        return str(self.cleaned_data["current"])


class JoinForm(NewPasswordForm):
    """A new person's name and password; the address is the invited one."""

    name = forms.CharField(label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order: tuple[str, ...] = ("name", "password", "again")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label, self.fields["again"].label = "Password", "Password again"


class AddressForm(forms.Form):
    """Whose password is lost."""

    email = forms.EmailField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )


class ProfileForm(forms.Form):
    """How a person is called, and how pages look to them."""

    name = forms.CharField(label="Name", max_length=120, required=False, help_text="Shown beside your reviews.")
    theme = forms.ChoiceField(label="Theme", choices=User.Theme.choices, widget=forms.RadioSelect)
