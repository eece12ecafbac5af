"""Projects, and how much is in one."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.errors import ApiError
from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.deletions import RowsSerializer
from annotation.api.v1.serializers.jobs import JobSerializer
from annotation.api.v1.serializers.projects import CountedProjectSerializer, NewProjectSerializer, ProjectSerializer
from annotation.domain.access import Capability
from annotation.domain.projects import projects
from annotation.domain.retention import ending
from annotation.domain.traces import counts
from annotation.models import Project


class ProjectListView(Resource):
    """The workspace's projects by name."""

    needs = {"GET": Capability.READ, "POST": Capability.ADMINISTER}

    @extend_schema(operation_id="projects_list", parameters=PARAMETERS, responses=list_of(ProjectSerializer))
    def get(self, request: Request) -> Response:
        """Projects; one comes into being when the first trace is sent to it."""
        return listed(page_of(request, self.visible(Project), order=("name", "id")), ProjectSerializer)

    @extend_schema(operation_id="projects_create", request=NewProjectSerializer, responses={201: ProjectSerializer})
    def post(self, request: Request) -> Response:
        """Make a project before its first trace comes."""
        given = NewProjectSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            made = projects.create(workspace=self.actor.workspace, by=self.person, **given.validated_data)
        except projects.ProjectNameTakenError as problem:
            raise ApiError("name_taken", str(problem), status=409) from problem
        return Response(ProjectSerializer(made).data, status=201)


class ProjectView(Resource):
    """One project."""

    needs = {"GET": Capability.READ, "DELETE": Capability.ADMINISTER}

    @extend_schema(operation_id="projects_one", responses=CountedProjectSerializer)
    def get(self, _request: Request, name: str) -> Response:
        """A project by name, else by slug, with the number of its traces and runs."""
        return Response(CountedProjectSerializer(counts.counted(self._named(name))).data)

    @extend_schema(operation_id="projects_delete", parameters=[RowsSerializer], responses={202: JobSerializer})
    def delete(self, request: Request, name: str) -> Response:
        """End a project: nobody sees it from now on, its name is free, and a job removes all that is in it.

        409 while API keys send to it.
        """
        given = RowsSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        try:
            job = ending.end(project=self._named(name), by=self.person, now=timezone.now(), **given.validated_data)
        except ending.ProjectInUseError as problem:
            raise ApiError("project_in_use", str(problem), status=409) from problem
        if job is None:
            raise NotFound("There is no project of this name.")
        return Response(JobSerializer(job).data, status=202)

    def _named(self, name: str) -> Project:
        known = self.visible(Project)
        project = known.filter(name=name).first() or known.filter(slug=name).first()
        if project is None:
            raise NotFound("There is no project of this name.")
        return project
