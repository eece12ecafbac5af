"""Deleting traces, a thread, or everything of a user."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.resource import Resource
from annotation.api.v1.serializers.deletions import DeletionSerializer
from annotation.api.v1.serializers.jobs import JobSerializer
from annotation.domain.access import Capability
from annotation.domain.retention import deletion
from annotation.domain.retention.deletion import DeletionPlan
from annotation.models import Trace


class DeletionListView(Resource):
    """The end of traces."""

    needs = {"POST": Capability.EDIT}

    @extend_schema(operation_id="deletions_create", request=DeletionSerializer, responses={202: JobSerializer})
    def post(self, request: Request) -> Response:
        """Delete traces with all that hangs on them, as a job; what arrives for them within 30 days is turned away.

        Everything of a user takes who may administer.
        """
        given = DeletionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        plan = self._plan(given.validated_data)
        job = deletion.start(workspace=self.actor.workspace, plan=plan, by=self.person)
        return Response(JobSerializer(job).data, status=202)

    def _plan(self, given: dict[str, Any]) -> DeletionPlan:
        plan = DeletionPlan(**given, until=timezone.now())
        if plan.user_id and not self.actor.may(Capability.ADMINISTER):
            raise PermissionDenied("Deleting everything of a user takes the role admin.")
        if plan.trace_ids:
            plan.trace_ids = list(self.visible(Trace).filter(uuid__in=plan.trace_ids).values_list("uuid", flat=True))
        if not (plan.trace_ids or plan.thread_id or plan.user_id):
            raise NotFound("There are no traces with these ids.")
        return plan
