"""Addresses of accounts: signing in, passwords, joining, workspaces."""

from django.urls import URLPattern, path

from annotation.web.views import account, api_page, invitations, mails, own_keys, setup, workspaces

urlpatterns: list[URLPattern] = [
    path("", workspaces.home, name="home"),
    path("setup/<str:token>/", setup.set_up, name="setup"),
    path("sign-in/", account.sign_in, name="sign-in"),
    path("sign-out/", account.sign_out, name="sign-out"),
    path("profile/", account.profile, name="profile"),
    path("profile/keys/", own_keys.keys, name="profile-keys"),
    path("profile/mails/", mails.mails, name="profile-mails"),
    path("unsubscribe/<str:token>/", mails.unsubscribe, name="unsubscribe"),
    path("profile/theme/", account.theme, name="profile-theme"),
    path("password/", account.change_password, name="password-change"),
    path("password/reset/", account.ask_for_reset, name="password-reset"),
    path("password/reset/<str:who>/<str:token>/", account.choose_password, name="password-choose"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("api/", api_page.api_page, name="api-page"),
    path("workspaces/", workspaces.workspace_list, name="workspace-list"),
    path("workspaces/new/", workspaces.workspace_new, name="workspace-new"),
    path("w/<slug:workspace>/", workspaces.workspace_home, name="workspace-home"),
]
