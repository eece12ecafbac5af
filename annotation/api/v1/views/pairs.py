"""Pairs of a queue: made out of two lists of traces, and what came of comparing them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.errors import ApiError, bad_filter
from annotation.api.resource import Resource
from annotation.api.v1.serializers.pairs import NewPairsSerializer, PairResultsSerializer, PairsAddedSerializer
from annotation.api.v1.views.refusals import refusals
from annotation.domain.access import Capability
from annotation.domain.queues import items, pairing, subjects
from annotation.domain.queues.pairing import BadJoinError, Matched
from annotation.domain.queues.reasons import Origin, Reason
from annotation.domain.reviews.quality import preferences
from annotation.domain.traces import matching
from annotation.domain.traces.filters import FilterError
from annotation.models import Project, Queue, Trace

BY = OpenApiParameter(
    "by", OpenApiTypes.STR, description="project (default), model, name, or metadata. with a key behind it."
)


class QueuePairsView(Resource):
    """The pairs of one queue."""

    needs = {"GET": Capability.EDIT, "POST": Capability.EDIT}

    @extend_schema(operation_id="queue_pairs_results", parameters=[BY], responses=PairResultsSerializer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """Who won how often, and how strong that makes everybody."""
        by = request.query_params.get("by", preferences.PROJECT)
        is_key = by.startswith(pairing.METADATA) and by != pairing.METADATA
        if not is_key and by not in preferences.NAMED:
            raise ApiError("bad_by", "There is nothing of that name to compare by.", hint=str(BY.description))
        found = preferences.results(self.found(Queue, uuid), by)
        answer = {
            "by": by,
            "comparisons": len(found.met),
            "ties": found.ties,
            "alike": found.alike,
            "left_rate": found.left_rate,
            "strengths": found.strengths,
            "duels": found.duels,
        }
        return Response(PairResultsSerializer(answer).data)

    @extend_schema(operation_id="queue_pairs_add", request=NewPairsSerializer, responses={201: PairsAddedSerializer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """Put into the queue what pairs up of two lists, each pair once; with `is_preview` only say how many."""
        queue, given = self.found(Queue, uuid), NewPairsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        found = self._matched(wanted)
        if wanted["is_preview"]:
            return Response(_told(found, items.AddResult()), status=201)
        reason = Reason(origin=Origin.API, by=str(self.person), why=(f"same {wanted['by']}",))
        pairs = [subjects.of_pair(*pair) for pair in found.pairs]
        with refusals():
            result = items.add(queue=queue, subjects=pairs, reason=reason, by=self.person, now=timezone.now())
        return Response(_told(found, result), status=201)

    def _matched(self, wanted: dict[str, Any]) -> Matched:
        try:
            with matching.bounded():
                left, right = (self._traces(wanted[side]) for side in ("left", "right"))
                return pairing.matched(left, right, by=wanted["by"], most=wanted["most"])
        except FilterError as problem:
            raise bad_filter(problem) from problem
        except BadJoinError as problem:
            raise ApiError("bad_join", str(problem), fields={"by": [str(problem)]}) from problem

    def _traces(self, side: dict[str, str]) -> QuerySet[Trace]:
        compiled = matching.compile(side["filter"], workspace=self.actor.workspace, now=timezone.now())
        rows = compiled.traces(self.visible(Trace))
        if not side["project"]:
            return rows
        named = self.visible(Project).filter(Q(name=side["project"]) | Q(slug=side["project"]))
        if not named.exists():
            raise ApiError("unknown_project", f"There is no project “{side['project']}”.")
        return rows.filter(project__in=named)


def _told(found: Matched, result: items.AddResult) -> dict[str, Any]:
    counts = {
        "matched_count": len(found.pairs),
        "added_count": result.added_count,
        "present_count": result.present_count + result.removed_count,
    }
    return dict(PairsAddedSerializer(counts).data)
