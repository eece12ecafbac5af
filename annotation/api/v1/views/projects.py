"""Projects, and how much is in one."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.errors import ApiError
from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.projects import CountedProjectSerializer, NewProjectSerializer, ProjectSerializer
from annotation.domain.access import Capability
from annotation.domain.projects import projects
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

    needs = {"GET": Capability.READ}

    @extend_schema(operation_id="projects_one", responses=CountedProjectSerializer)
    def get(self, _request: Request, name: str) -> Response:
        """A project by name, else by slug, with the number of its traces and runs."""
        known = self.visible(Project)
        project = known.filter(name=name).first() or known.filter(slug=name).first()
        if project is None:
            raise NotFound("There is no project of this name.")
        return Response(CountedProjectSerializer(counts.counted(project)).data)
