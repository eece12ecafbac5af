"""Projects, and how much is in one."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.projects import CountedProjectSerializer, ProjectSerializer
from annotation.domain.access import Capability
from annotation.domain.traces import counts
from annotation.models import Project


class ProjectListView(Resource):
    """The workspace's projects by name."""

    needs = {"GET": Capability.READ}

    @extend_schema(operation_id="projects_list", parameters=PARAMETERS, responses=list_of(ProjectSerializer))
    def get(self, request: Request) -> Response:
        """Projects; one comes into being when the first trace is sent to it."""
        return listed(page_of(request, self.visible(Project), order=("name", "id")), ProjectSerializer)


class ProjectView(Resource):
    """One project."""

    needs = {"GET": Capability.READ}

    @extend_schema(operation_id="projects_one", responses=CountedProjectSerializer)
    def get(self, _request: Request, name: str) -> Response:
        """A project by name, else by slug, with the number of its traces and runs."""
        projects = self.visible(Project)
        project = projects.filter(name=name).first() or projects.filter(slug=name).first()
        if project is None:
            raise NotFound("There is no project of this name.")
        return Response(CountedProjectSerializer(counts.counted(project)).data)
