"""Signing in and out, passwords, and the profile."""

from __future__ import annotations

from axes.utils import reset
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from annotation.domain.projects import accounts
from annotation.web.access import signed_in
from annotation.web.forms.account import AddressForm, ChangePasswordForm, NewPasswordForm, ProfileForm, SignInForm
from annotation.web.http import UserRequest
from annotation.web.throttling import throttled

BACKEND = "django.contrib.auth.backends.ModelBackend"


def safe_next(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page of this installation; else the start page."""
    address = request.POST.get("next") or request.GET.get("next") or "/"
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else "/"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@throttled
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by e-mail address and password; somebody signed in goes on."""
    if request.user.is_authenticated:
        return redirect(safe_next(request))
    form = SignInForm(request, data=request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        login(request, form.get_user())
        return redirect(safe_next(request))
    context = {"form": form, "next": safe_next(request)}
    return render(request, "account/sign_in.html", context, status=422 if form.is_bound else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


@require_http_methods(["GET", "POST"])
@signed_in
def profile(request: UserRequest) -> HttpResponse:
    """Name and theme."""
    initial = {"name": request.user.name, "theme": request.user.theme}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        accounts.change_profile(user=request.user, **form.cleaned_data)
        messages.success(request, "Profile saved.")
        return redirect("profile")
    return render(request, "account/profile.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@signed_in
def theme(request: UserRequest) -> HttpResponse:
    """Choose how pages look, and go on where one is."""
    form = ProfileForm({"name": request.user.name, "theme": request.POST.get("theme")})
    if not form.is_valid():
        return render(request, "account/profile.html", {"form": form}, status=422)
    accounts.change_profile(user=request.user, **form.cleaned_data)
    return HttpResponse(status=204, headers={"HX-Refresh": "true"}) if request.htmx else redirect(safe_next(request))


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@signed_in
def change_password(request: UserRequest) -> HttpResponse:
    """Set a new password, knowing the present one; other browsers are signed out, this one stays."""
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_bound and form.is_valid():
        accounts.change_password(user=request.user, password=form.cleaned_data["password"])
        update_session_auth_hash(request, request.user)
        messages.success(request, "Password changed. Other browsers are signed out.")
        return redirect("profile")
    return render(request, "account/change_password.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@throttled
def ask_for_reset(request: HttpRequest) -> HttpResponse:
    """Have a reset link mailed; the answer is the same whether or not somebody has the address."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return render(request, "account/ask_for_reset.html", {"form": form}, status=422 if form.is_bound else 200)
    accounts.ask_for_reset(email=form.cleaned_data["email"])
    return render(request, "account/reset_sent.html", {"email": form.cleaned_data["email"]})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@throttled
def choose_password(request: HttpRequest, who: str, token: str) -> HttpResponse:
    """Choose a new password by a link that works once, and be signed in."""
    user = accounts.user_of_reset(who, token)
    if user is None:
        return render(request, "account/link_gone.html", {"is_reset": True}, status=410)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_bound and form.is_valid():
        accounts.change_password(user=user, password=form.cleaned_data["password"])
        reset(username=user.email)  # who proved to own the account need not wait for the throttle
        login(request, user, backend=BACKEND)
        messages.success(request, "Password changed, and you are signed in.")
        return redirect("home")
    context = {"form": form, "email": user.email}
    return render(request, "account/choose_password.html", context, status=422 if form.is_bound else 200)
