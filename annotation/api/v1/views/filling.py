"""Queues filled from a filter, and how far their reviews still find something new."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.choices import ChoiceField
from annotation.api.errors import ApiError, bad_filter
from annotation.api.resource import Resource
from annotation.api.v1.serializers.fields import StrictSerializer
from annotation.api.v1.serializers.jobs import JobSerializer
from annotation.api.v1.views.refusals import refusals
from annotation.domain.access import Capability
from annotation.domain.queues import choosing, filling, priorities, unfilling
from annotation.domain.queues.reasons import Origin
from annotation.domain.reviews import coding
from annotation.domain.traces.filters import FilterError
from annotation.models import Job, Project, Queue


class FillSerializer(StrictSerializer):
    """Which traces to add, or their threads or steps. The same `seed` and number choose the same, as long as the same ones match."""

    filter = serializers.CharField(default="", allow_blank=True, help_text="In the filter language; empty: all traces.")
    kind = ChoiceField(
        list(choosing.KINDS.items()),
        default="trace",
        help_text="`thread`: each thread of the traces that match, once. `run`: all their steps that meet a `run(…)` of "
        "the filter, which needs one then.",
    )
    project = serializers.CharField(default="", allow_blank=True, help_text="Name or slug; empty: all projects.")
    sample = serializers.IntegerField(
        default=None,
        allow_null=True,
        min_value=1,
        max_value=choosing.MOST_SAMPLED,
        help_text="So many by chance; null: all.",
    )
    seed = serializers.UUIDField(default=None, allow_null=True)
    why = serializers.CharField(default="", allow_blank=True, max_length=500, help_text="Shown to the reviewers.")
    is_restoring = serializers.BooleanField(default=False, help_text="Also put back items that were removed.")
    priority = serializers.IntegerField(
        default=0,
        help_text="Of the new items; higher comes first.",
        min_value=priorities.LEAST,
        max_value=priorities.MOST,
    )
    is_preview = serializers.BooleanField(default=False, help_text="Only count what would be added.")


class FillPreviewSerializer(serializers.Serializer[Any]):
    """What would be added: traces, or threads or steps where these were asked for."""

    seed = serializers.UUIDField()
    matched_count = serializers.IntegerField()
    chosen_count = serializers.IntegerField()
    new_count = serializers.IntegerField()
    present_count = serializers.IntegerField(help_text="Stand there already.")
    removed_count = serializers.IntegerField(help_text="Were removed by somebody, and stay so unless asked.")
    over_count = serializers.IntegerField(
        help_text="Of the new ones, and with `is_restoring` of the removed ones, would not fit: the queue has its `most_items`."
    )
    loose_count = serializers.IntegerField(
        help_text="Traces that match and belong to no thread, where threads are asked for."
    )
    hidden_count = serializers.IntegerField(
        help_text="Of the chosen steps, those of types that the queue’s `presentation` hides: reviewers would be given items "
        "whose step is not on the page."
    )


class SaturationSerializer(serializers.Serializer[Any]):
    """The failure modes that the latest reviews brought."""

    review_count = serializers.IntegerField(help_text="At most 20.")
    fresh = serializers.ListField(child=serializers.CharField(), help_text="New in these reviews, by name.")
    is_reached = serializers.BooleanField(help_text="20 reviews brought nothing new.")


class QueueFillView(Resource):
    """All traces that match, their threads or steps, or some of them by chance, for one queue."""

    needs = {"POST": Capability.EDIT}

    @extend_schema(
        operation_id="queues_fill", request=FillSerializer, responses={200: FillPreviewSerializer, 202: JobSerializer}
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """Start a job that adds them, or with `is_preview` count first; each stands in a queue once."""
        queue, given = self.found(Queue, uuid), FillSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = dict(given.validated_data)
        is_preview, project = said.pop("is_preview"), self._project(said.pop("project"))
        plan = filling.plan(
            queue=queue, filter_text=said.pop("filter"), project=project, origin=Origin.API, by=self.person,
            now=timezone.now(), **said,
        )  # fmt: skip
        try:
            shown = filling.preview(plan, queue=queue)
        except FilterError as problem:
            raise bad_filter(problem) from problem
        if is_preview:
            return Response(FillPreviewSerializer({"seed": plan.seed, **_counts(shown)}).data)
        with refusals():
            job = filling.start(plan, queue=queue, by=self.person)
        return Response(JobSerializer(job).data, status=202)

    def _project(self, name: str) -> Project | None:
        if not name:
            return None
        known = self.visible(Project)
        found = known.filter(name=name).first() or known.filter(slug=name).first()
        if found is None:
            raise serializers.ValidationError({"project": ["There is no project of this name."]})
        return found


def _counts(shown: filling.Preview) -> dict[str, int]:
    return {
        "matched_count": shown.matched_count,
        "chosen_count": shown.chosen_count,
        "new_count": shown.new_count,
        "present_count": shown.present_count,
        "removed_count": shown.removed_count,
        "over_count": shown.over_count,
        "loose_count": shown.loose_count,
        "hidden_count": shown.hidden_count,
    }


class QueueSaturationView(Resource):
    """Whether reading on still finds something new."""

    needs = {"GET": (Capability.READ, Capability.REVIEW)}

    @extend_schema(operation_id="queues_saturation", responses=SaturationSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """New failure modes in the last 20 reviews of the queue."""
        return Response(SaturationSerializer(coding.saturation(self.found(Queue, uuid))).data)


class JobUndoView(Resource):
    """What a job added, taken back."""

    needs = {"POST": Capability.EDIT}

    @extend_schema(operation_id="jobs_undo", request=None, responses={202: JobSerializer})
    def post(self, _request: Request, uuid: UUID) -> Response:
        """Take out the items that a job added to a queue, but for those that somebody reviewed or began."""
        try:
            undoing = unfilling.start(job=self.found(Job, uuid), by=self.person)
        except unfilling.UnfillRefusedError as problem:
            raise ApiError(problem.code, str(problem), status=409) from problem
        return Response(JobSerializer(undoing).data, status=202)
