"""Every named constraint is seen to refuse, by its name."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError

from tests import factories as make

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Twins:
    """Two rows that share these fields (and, for texts, differ in case only where `folded`)."""

    factory: type
    shared: tuple[str, ...]
    both: dict[str, Any] = field(default_factory=dict)
    folded: str = ""
    then: dict[str, Any] = field(default_factory=dict)

    def violate(self) -> None:
        """Make both."""
        first = self.factory(**self.both)
        same = {name: getattr(first, name) for name in self.shared}
        other = {self.folded: getattr(first, self.folded).upper()} if self.folded else {}
        self.factory(**self.both, **same, **other, **self.then)


@dataclass(frozen=True, slots=True)
class Odd:
    """One row with fields that do not go together."""

    factory: type
    fields: dict[str, Any]

    def violate(self) -> None:
        """Make it."""
        self.factory(**self.fields)


UNIQUE = {
    "membership_once_per_workspace": Twins(make.MembershipFactory, ("workspace", "user")),
    "invitation_one_open_per_email": Twins(make.InvitationFactory, ("workspace",), folded="email"),
    "project_name_once_per_workspace": Twins(make.ProjectFactory, ("workspace", "name")),
    "project_slug_once_per_workspace": Twins(make.ProjectFactory, ("workspace", "slug")),
    "trace_once_per_workspace": Twins(make.TraceFactory, ("project", "workspace", "uuid")),
    "run_once_per_workspace": Twins(make.RunFactory, ("trace", "workspace", "uuid")),
    "rule_name_once": Twins(make.RuleFactory, ("workspace",), folded="name"),
    "rule_revision_number_once": Twins(make.RuleRevisionFactory, ("rule", "number")),
    "decision_once_per_revision_and_trace": Twins(make.DecisionFactory, ("revision", "trace")),
    "probe_once_per_person_and_item": Twins(make.ProbeFactory, ("item", "reviewer")),
    "queue_name_once": Twins(make.QueueFactory, ("workspace",), folded="name"),
    "rubric_version_number_once": Twins(make.RubricVersionFactory, ("queue", "number")),
    "item_once_per_queue": Twins(make.ItemFactory, ("queue", "workspace", "subject")),
    "item_number_once": Twins(make.ItemFactory, ("queue", "workspace", "number")),
    "reservation_once_per_person": Twins(make.ReservationFactory, ("item", "reviewer")),
    "assignment_once_per_person": Twins(make.AssignmentFactory, ("item", "reviewer")),
    "masked_value_once_per_item": Twins(make.MaskedValueFactory, ("item", "kind", "digest")),
    "masked_number_once_per_item": Twins(make.MaskedValueFactory, ("item", "kind", "number")),
    "skip_once_per_person": Twins(make.SkipFactory, ("item", "reviewer")),
    "review_once_per_person_and_item": Twins(make.ReviewFactory, ("item", "reviewer")),
    "review_one_adjudication_per_item": Twins(make.ReviewFactory, ("item",), {"is_adjudication": True}),
    "review_one_authoritative_per_item": Twins(make.ReviewFactory, ("item",), {"is_authoritative": True}),
    "review_revision_number_once": Twins(make.ReviewRevisionFactory, ("review", "number")),
    "draft_once_per_person_and_item": Twins(make.DraftFactory, ("item", "reviewer")),
    "dataset_name_once": Twins(make.DatasetFactory, ("workspace",), folded="name"),
    "dataset_version_number_once": Twins(make.DatasetVersionFactory, ("dataset", "number")),
    "example_once_per_version": Twins(make.ExampleFactory, ("dataset", "uuid"), {"valid_to": 2}),
    "example_one_current": Twins(make.ExampleFactory, ("dataset", "uuid"), then={"valid_from": 2}),
    "example_number_once": Twins(make.ExampleFactory, ("dataset", "number")),
    "example_once_per_review": Twins(make.ExampleFactory, ("dataset", "source_review")),
    "feedback_config_key_once": Twins(make.FeedbackConfigFactory, ("workspace", "key")),
    "failure_mode_name_once": Twins(make.FailureModeFactory, ("project",), folded="name"),
    "feedback_client_id_once": Twins(make.FeedbackFactory, ("workspace",), {"client_id": "same"}),
    "carried_use_once": Twins(make.CarriedUseFactory, ("change", "feedback_id")),
    "attachment_once_per_run": Twins(make.AttachmentFactory, ("workspace", "run_uuid", "name")),
    "run_share_once": Twins(make.RunShareFactory, ("workspace", "run_uuid")),
    "price_once_per_start": Twins(make.ModelPriceFactory, ("workspace",), folded="model"),
    "log_record_once": Twins(make.LogRecordFactory, ("workspace", "digest")),
    "deleted_trace_once": Twins(make.DeletedTraceFactory, ("workspace", "trace_uuid")),
    "webhook_name_once": Twins(make.WebhookFactory, ("workspace",), folded="name"),
    "delivery_once_per_webhook": Twins(make.DeliveryFactory, ("webhook", "notice")),
    "mail_one_digest_a_day": Twins(make.MailFactory, ("user", "day")),
    "notice_mail_once_per_person": Twins(make.NoticeMailFactory, ("user", "notice")),
    "saved_view_name_once": Twins(make.SavedViewFactory, ("workspace",), folded="name"),
}

CHECKS = {
    "user_email_in_lower_case": Odd(make.UserFactory, {"email": "Person@example.org"}),
    "user_theme_known": Odd(make.UserFactory, {"theme": "neon"}),
    "membership_role_known": Odd(make.MembershipFactory, {"role": "owner"}),
    "invitation_role_known": Odd(make.InvitationFactory, {"role": "owner"}),
    "invitation_accepted_by_and_at": Odd(make.InvitationFactory, {"accepted_at": NOW}),
    "api_key_scopes_known": Odd(make.ApiKeyFactory, {"scopes": ["read", "everything"]}),
    "trace_status_known": Odd(make.TraceFactory, {"status": "maybe"}),
    "trace_verdict_known": Odd(make.TraceFactory, {"verdict": "fine"}),
    "run_type_known": Odd(make.RunFactory, {"type": "magic"}),
    "run_status_known": Odd(make.RunFactory, {"status": "maybe"}),
    "rule_revision_rate_is_a_share": Odd(make.RuleRevisionFactory, {"sample_rate": Decimal(0)}),
    "decision_sampled_is_matched": Odd(make.DecisionFactory, {"is_matched": False}),
    "decision_origin_known": Odd(make.DecisionFactory, {"origin": "dream"}),
    "queue_one_to_ten_reviewers": Odd(make.QueueFactory, {"reviewers_per_item": 11}),
    "queue_double_percent_of_a_hundred": Odd(make.QueueFactory, {"double_percent": 101}),
    "queue_reservation_within_a_day": Odd(make.QueueFactory, {"reservation_minutes": 0}),
    "queue_probes_at_most_half_each": Odd(make.QueueFactory, {"gold_percent": 51}),
    "probe_kind_known": Odd(make.ProbeFactory, {"kind": "silver"}),
    "queue_status_known": Odd(make.QueueFactory, {"status": "asleep"}),
    "queue_order_known": Odd(make.QueueFactory, {"order": "by size"}),
    "queue_decides_known": Odd(make.QueueFactory, {"decides": "dice"}),
    "item_kind_known": Odd(make.ItemFactory, {"kind": "idea"}),
    "item_state_known": Odd(make.ItemFactory, {"state": "lost"}),
    "item_flagged_by_and_at": Odd(make.ItemFactory, {"flagged_at": NOW}),
    "item_probability_is_a_chance": Odd(make.ItemFactory, {"probability": Decimal("1.5")}),
    "review_correction_state_known": Odd(make.ReviewFactory, {"correction_state": "maybe"}),
    "review_decided_by_and_at": Odd(make.ReviewFactory, {"decided_at": NOW}),
    "review_layer_known": Odd(make.ReviewFactory, {"layer": "cake"}),
    "example_validity_ordered": Odd(make.ExampleFactory, {"valid_from": 2, "valid_to": 2}),
    "feedback_config_kind_known": Odd(make.FeedbackConfigFactory, {"kind": "stars"}),
    "feedback_config_bounds_ordered": Odd(make.FeedbackConfigFactory, {"minimum": 5, "maximum": 1}),
    "feedback_source_known": Odd(make.FeedbackFactory, {"source": "oracle"}),
    "feedback_target_named": Odd(make.FeedbackFactory, {"target": "thread"}),
    "taxonomy_change_kind_known": Odd(make.TaxonomyChangeFactory, {"kind": "lost"}),
    "taxonomy_change_undone_by_and_at": Odd(make.TaxonomyChangeFactory, {"undone_at": NOW}),
    "price_not_negative": Odd(make.ModelPriceFactory, {"reasoning": Decimal(-1)}),
    "price_validity_ordered": Odd(make.ModelPriceFactory, {"valid_to": NOW.date()}),
    "project_retention_at_least_a_day": Odd(make.ProjectFactory, {"retention_days": 0}),
    "notice_kind_known": Odd(make.NoticeFactory, {"kind": "rumour"}),
    "webhook_kinds_known": Odd(make.WebhookFactory, {"kinds": ["queue.done", "webhook.test"]}),
    "delivery_state_known": Odd(make.DeliveryFactory, {"state": "lost"}),
    "mail_of_a_workspace_or_a_day": Odd(make.MailFactory, {"day": None}),
    "mail_state_known": Odd(make.MailFactory, {"state": "lost"}),
    "mail_wish_kinds_known": Odd(make.MailWishFactory, {"kinds": ["webhook.test"]}),
    "mail_wish_hour_of_a_day": Odd(make.MailWishFactory, {"digest_hour": 24}),
    "job_status_known": Odd(make.JobFactory, {"status": "tired"}),
}


def named() -> Iterable[str]:
    for model in apps.get_app_config("annotation").get_models():
        for constraint in model._meta.constraints:
            yield constraint.name


def test_every_constraint_is_here() -> None:
    assert sorted({**UNIQUE, **CHECKS}) == sorted(named())


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted({**UNIQUE, **CHECKS}))
def test_the_constraint_refuses(name: str) -> None:
    if name == "example_once_per_review":
        review = make.ReviewFactory()
        case: Twins | Odd = Twins(make.ExampleFactory, ("dataset",), {"source_review": review})
    else:
        case = UNIQUE[name] if name in UNIQUE else CHECKS[name]
    with pytest.raises(IntegrityError, match=name):
        case.violate()
