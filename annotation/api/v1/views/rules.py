"""Rules: listed, made, changed, switched, previewed, run over the past, explained."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from annotation.api.errors import ApiError, bad_filter
from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.jobs import JobSerializer
from annotation.api.v1.serializers.rules import (
    BackfillSerializer,
    DecisionSerializer,
    PreviewRequestSerializer,
    PreviewSerializer,
    RuleChangeSerializer,
    RuleSerializer,
)
from annotation.domain.access import Capability
from annotation.domain.rules import backfill, lifecycle, preview, queries
from annotation.domain.rules.lifecycle import RuleDraft, RuleInvalidError
from annotation.domain.traces.filters import FilterError
from annotation.models import Rule


@contextmanager
def _refusals() -> Iterator[None]:
    """400 with the fields that cannot be, and for a filter the place in it."""
    try:
        yield
    except RuleInvalidError as problem:
        raise _invalid(problem) from problem
    except FilterError as problem:
        raise bad_filter(problem) from problem


def _invalid(problem: RuleInvalidError) -> ApiError:
    """All that is wrong; the filter's own words where it is wrong as well."""
    fields = {name: [str(found)] for name, found in problem.problems.items()}
    refusal = ApiError("invalid", "This cannot be a rule.", fields=fields)
    wrong = problem.problems.get("filter")
    if isinstance(wrong, FilterError):
        placed = bad_filter(wrong)
        refusal.hint, refusal.position, refusal.fields["filter"] = placed.hint, placed.position, placed.fields["filter"]
    return refusal


def _given(serializer: type[Serializer[Any]], request: Request, *, is_partial: bool = False) -> Any:
    given = serializer(data=request.data, partial=is_partial)
    given.is_valid(raise_exception=True)
    return given


class RuleResource(Resource):
    """What views of rules share."""

    def rule(self, uuid: UUID) -> Rule:
        """The rule with its current revision, or 404."""
        return Rule.objects.select_related("workspace", "current").get(pk=self.found(Rule, uuid).pk)


class RuleListView(RuleResource):
    """The rules of the workspace that are not put away."""

    needs = {"GET": Capability.READ, "POST": Capability.ADMINISTER}

    @extend_schema(operation_id="rules_list", parameters=PARAMETERS, responses=list_of(RuleSerializer))
    def get(self, request: Request) -> Response:
        """Rules in the order in which they were made."""
        rules = queries.shown(self.visible(Rule)).select_related("current")
        return listed(page_of(request, rules, order=("id",)), RuleSerializer)

    @extend_schema(operation_id="rules_create", request=RuleChangeSerializer, responses={201: RuleSerializer})
    def post(self, request: Request) -> Response:
        """Make a rule; it decides on traces that arrive from now on."""
        given = _given(RuleChangeSerializer, request)
        with _refusals():
            rule = lifecycle.create(
                workspace=self.actor.workspace,
                draft=given.draft(RuleDraft("")),
                by=self.person,
                now=timezone.now(),
                is_enabled=given.validated_data.get("is_enabled", True),
            )
        return Response(RuleSerializer(rule).data, status=201)


class RuleView(RuleResource):
    """One rule."""

    needs = {"GET": Capability.READ, "PATCH": Capability.ADMINISTER, "DELETE": Capability.ADMINISTER}

    @extend_schema(operation_id="rules_one", responses=RuleSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """A rule with its current revision."""
        return Response(RuleSerializer(self.rule(uuid)).data)

    @extend_schema(operation_id="rules_change", request=RuleChangeSerializer, responses=RuleSerializer)
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Change what is given; another meaning becomes a new revision."""
        rule, given = self.rule(uuid), _given(RuleChangeSerializer, request, is_partial=True)
        with _refusals():
            draft = given.draft(lifecycle.draft_of(rule))
            rule = lifecycle.edit(rule=rule, draft=draft, by=self.person, now=timezone.now())
        return Response(RuleSerializer(rule).data)

    @extend_schema(operation_id="rules_archive", responses={204: None})
    def delete(self, _request: Request, uuid: UUID) -> Response:
        """Put a rule away: it decides no more, what it decided stays."""
        lifecycle.archive(rule=self.rule(uuid), by=self.person, now=timezone.now())
        return Response(status=204)


class RuleSwitchView(RuleResource):
    """Whether a rule decides; `is_enabled` is set by the address."""

    needs = {"POST": Capability.ADMINISTER}
    is_enabled = True

    @extend_schema(operation_id="rules_enable", request=None, responses=RuleSerializer)
    def post(self, _request: Request, uuid: UUID) -> Response:
        """Switch the rule on; what failed before is forgotten."""
        rule = lifecycle.switch(rule=self.rule(uuid), is_enabled=self.is_enabled, by=self.person)
        return Response(RuleSerializer(rule).data)


class RuleDisableView(RuleSwitchView):
    """The end of deciding, until further notice."""

    is_enabled = False

    @extend_schema(operation_id="rules_disable", request=None, responses=RuleSerializer)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Switch the rule off."""
        return super().post(request, uuid)


class RulePreviewView(RuleResource):
    """What a rule would have caught."""

    needs = {"POST": Capability.READ}

    @extend_schema(operation_id="rules_preview", request=PreviewRequestSerializer, responses=PreviewSerializer)
    def post(self, request: Request) -> Response:
        """Counts over the last days; decides nothing."""
        given = _given(PreviewRequestSerializer, request).validated_data
        rule = self.rule(given["rule"]).uuid if given["rule"] else uuid4()
        with _refusals():
            counted = preview.preview(
                workspace=self.actor.workspace,
                rule=rule,
                filter_text=given["filter"],
                sample_rate=given["sample_rate"],
                queue=None,
                days=given["days"],
                now=timezone.now(),
            )
        return Response(PreviewSerializer(counted).data)


class RuleDecisionListView(RuleResource):
    """The log of a rule."""

    needs = {"GET": Capability.READ}

    @extend_schema(operation_id="rule_decisions_list", parameters=PARAMETERS, responses=list_of(DecisionSerializer))
    def get(self, request: Request, uuid: UUID) -> Response:
        """Traces that the rule's revisions matched, the latest first."""
        decisions = queries.decisions(self.rule(uuid))
        return listed(page_of(request, decisions, order=queries.DECISION_ORDER), DecisionSerializer)


class RuleBackfillView(RuleResource):
    """A rule on the past."""

    needs = {"POST": Capability.ADMINISTER}

    @extend_schema(operation_id="rules_backfill", request=BackfillSerializer, responses={202: JobSerializer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """Run the current revision over the traces of the last days, as a job."""
        rule, given = self.rule(uuid), _given(BackfillSerializer, request).validated_data
        job = backfill.start(rule=rule, days=given["days"], by=self.person, now=timezone.now())
        return Response(JobSerializer(job).data, status=202)
