"""Traces: a list by filter, and one whole."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.errors import bad_filter
from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.traces import TraceSerializer, WholeTraceSerializer
from annotation.domain.access import Capability
from annotation.domain.queues import membership
from annotation.domain.traces import filters, matching
from annotation.domain.traces.whole import whole
from annotation.models import Feedback, Item, Project, Trace

_NO_TRACE = "There is no trace with this id."
_FILTER = OpenApiParameter("filter", str, description="In the filter language; empty: all traces.")
_PROJECT = OpenApiParameter("project", str, description="Name or slug of a project; the same as `project is …`.")


class TraceListView(Resource):
    """Traces, the latest first."""

    needs = {"GET": Capability.READ}

    @extend_schema(
        operation_id="traces_list", parameters=[_FILTER, _PROJECT, *PARAMETERS], responses=list_of(TraceSerializer)
    )
    def get(self, request: Request) -> Response:
        """Traces that the filter selects, without their runs."""
        try:
            chosen = matching.compile(
                request.query_params.get("filter", ""), workspace=self.actor.workspace, now=timezone.now()
            )
            among = self._of_project(self.visible(Trace))
            rows = chosen.traces(among).select_related("project")
            with matching.bounded(), chosen.steered(among):
                return listed(page_of(request, rows, order=("-started_at", "-id")), TraceSerializer)
        except filters.FilterError as problem:
            raise bad_filter(problem) from problem

    def _of_project(self, rows: QuerySet[Trace]) -> QuerySet[Trace]:
        name = self.request.query_params.get("project")
        if name is None:
            return rows
        projects = self.visible(Project).filter(Q(name=name) | Q(slug=name))
        return rows.filter(project__in=list(projects))


def _uuid(trace_id: str) -> UUID:
    try:
        return UUID(trace_id)
    except ValueError as problem:
        raise NotFound(_NO_TRACE) from problem


class TraceView(Resource):
    """One trace."""

    needs = {"GET": Capability.READ}

    @extend_schema(operation_id="traces_one", responses=WholeTraceSerializer)
    def get(self, _request: Request, trace_id: str) -> Response:
        """A trace with its runs in start order, its feedback and its queues; its id also as 32 hex digits."""
        trace = self.visible(Trace).select_related("project").filter(uuid=_uuid(trace_id)).first()
        if trace is None:
            raise NotFound(_NO_TRACE)
        said = whole(trace, feedback=self.visible(Feedback))
        context = {"queued": membership.of_trace(trace, items=self.visible(Item))}
        return Response(WholeTraceSerializer(said, context=context).data)
