"""Addresses of a workspace's settings, below `/w/<workspace>/settings/`."""

from django.urls import URLPattern, path

from annotation.web.views.settings import (
    audit,
    failure_modes,
    feedback,
    keys,
    members,
    prices,
    projects,
    retention,
    sections,
    workspace,
)

urlpatterns: list[URLPattern] = [
    path("", sections.settings, name="settings"),
    path("workspace/", workspace.workspace_settings, name="settings-workspace"),
    path("members/", members.member_list, name="member-list"),
    path("members/invite/", members.member_invite, name="member-invite"),
    path("members/<uuid:uuid>/role/", members.member_role, name="member-role"),
    path("members/<uuid:uuid>/remove/", members.member_remove, name="member-remove"),
    path("members/<uuid:uuid>/reset-link/", members.member_reset_link, name="member-reset-link"),
    path("invitations/<uuid:uuid>/withdraw/", members.invitation_withdraw, name="invitation-withdraw"),
    path("projects/", projects.project_list, name="project-list"),
    path("projects/<slug:slug>/", projects.project_edit, name="project-edit"),
    path("projects/<slug:slug>/retention/", retention.project_retention, name="project-retention"),
    path("keys/", keys.key_list, name="key-list"),
    path("keys/<uuid:uuid>/revoke/", keys.key_revoke, name="key-revoke"),
    path("feedback/", feedback.feedback_config_list, name="feedback-config-list"),
    path("feedback/new/", feedback.feedback_config_new, name="feedback-config-new"),
    path("feedback/<uuid:uuid>/", feedback.feedback_config_edit, name="feedback-config-edit"),
    path("feedback/<uuid:uuid>/delete/", feedback.feedback_config_delete, name="feedback-config-delete"),
    path("failure-modes/", failure_modes.failure_mode_list, name="failure-mode-list"),
    path("failure-modes/group/", failure_modes.failure_mode_group, name="failure-mode-group"),
    path("failure-modes/changes/<uuid:uuid>/undo/", failure_modes.taxonomy_undo, name="taxonomy-undo"),
    path("failure-modes/<uuid:uuid>/", failure_modes.failure_mode, name="failure-mode"),
    path("failure-modes/<uuid:uuid>/merge/", failure_modes.failure_mode_merge, name="failure-mode-merge"),
    path("failure-modes/<uuid:uuid>/split/", failure_modes.failure_mode_split, name="failure-mode-split"),
    path("prices/", prices.price_list, name="price-list"),
    path("prices/new/", prices.price_new, name="price-new"),
    path("prices/import/", prices.price_import, name="price-import"),
    path("prices/recompute/", prices.price_recompute, name="price-recompute"),
    path("prices/<uuid:uuid>/", prices.price_edit, name="price-edit"),
    path("prices/<uuid:uuid>/delete/", prices.price_delete, name="price-delete"),
    path("audit/", audit.audit_list, name="audit-list"),
]
