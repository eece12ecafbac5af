"""Addresses of rules, below `/w/<workspace>/rules/`."""

from django.urls import URLPattern, path

from annotation.web.views import rule_acts, rules

urlpatterns: list[URLPattern] = [
    path("", rules.rule_list, name="rule-list"),
    path("new/", rules.rule_new, name="rule-new"),
    path("preview/", rules.rule_preview, name="rule-preview"),
    path("<uuid:uuid>/", rules.rule_detail, name="rule-detail"),
    path("<uuid:uuid>/history/", rules.rule_history, name="rule-history"),
    path("<uuid:uuid>/decisions/", rules.rule_decisions, name="rule-decisions"),
    path("<uuid:uuid>/switch/", rule_acts.rule_switch, name="rule-switch"),
    path("<uuid:uuid>/backfill/", rule_acts.rule_backfill, name="rule-backfill"),
    path("<uuid:uuid>/archive/", rule_acts.rule_archive, name="rule-archive"),
    path("<uuid:uuid>/delete/", rule_acts.rule_delete, name="rule-delete"),
]
