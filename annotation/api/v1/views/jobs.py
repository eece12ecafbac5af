"""Long work: listed, looked at, cancelled."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.errors import ApiError
from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.jobs import JobSerializer
from annotation.domain.access import Capability
from annotation.domain.work import jobs
from annotation.models import Job


class JobListView(Resource):
    """The workspace's jobs."""

    needs = {"GET": Capability.READ}

    @extend_schema(operation_id="jobs_list", parameters=PARAMETERS, responses=list_of(JobSerializer))
    def get(self, request: Request) -> Response:
        """Jobs, the latest first."""
        return listed(page_of(request, self.visible(Job), order=("-created_at", "-id")), JobSerializer)


class JobView(Resource):
    """One job."""

    needs = {"GET": Capability.READ}

    @extend_schema(operation_id="jobs_one", responses=JobSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """How far a job is."""
        return Response(JobSerializer(self.found(Job, uuid)).data)


class JobCancelView(Resource):
    """The end of a job."""

    needs = {"POST": Capability.EDIT}

    @extend_schema(operation_id="jobs_cancel", request=None, responses=JobSerializer)
    def post(self, _request: Request, uuid: UUID) -> Response:
        """Stop a job; what it did so far stays."""
        job = self.found(Job, uuid)
        if not jobs.cancel(job=job, by=self.person, now=timezone.now()):
            raise ApiError("job_ended", f"This job has ended: it is {job.status}.", status=409)
        job.refresh_from_db()
        return Response(JobSerializer(job).data)
