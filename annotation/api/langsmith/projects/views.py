"""`/sessions`, `/sessions/{id}`, `/sessions/resolutions` and `/settings`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith import wire
from annotation.api.langsmith.base import View
from annotation.api.langsmith.errors import Invalid, Refusal
from annotation.api.langsmith.projects import reading, writing
from annotation.domain.access import Capability
from annotation.domain.ingest.langsmith import address
from annotation.domain.projects import projects
from annotation.domain.retention import ending
from annotation.models import Dataset, Project


class ProjectView(View):
    """A view of projects; `written` is how they are told."""

    written = staticmethod(writing.written)

    def answer(self, project: Project, *, with_stats: bool = False) -> Response:
        """One project as it stands by now."""
        found = Project.objects.select_related("workspace", "reference_dataset").get(pk=project.pk)
        return Response(self.written([found], with_stats=with_stats)[0])

    def project(self, uuid: UUID) -> Project:
        """The visible project with this id, or 404."""
        rows = self.visible(Project).select_related("workspace", "reference_dataset")
        project = rows.filter(uuid=uuid).first()
        if project is None:
            raise NotFound("There is no project with this id.")
        return project


class SessionListView(ProjectView):
    """Projects."""

    needs = {"GET": Capability.READ, "POST": (Capability.INGEST, Capability.EDIT)}

    def get(self, request: Request) -> Response:
        """An array; the SDKs also learn from it which workspace their key belongs to."""
        rows = reading.wanted(request, self.visible(Project)).select_related("workspace", "reference_dataset")
        found = list(rows[wire.window(request)])
        return Response(self.written(found, with_stats=bool(wire.flag(request, "include_stats"))))

    def post(self, request: Request) -> Response:
        """Make a project; 409 for a taken name, unless `upsert`. The same project sent again is made once."""
        sent = self.one()
        name = reading.name_in(sent)
        if name is None:
            raise Invalid("name has to be a text.")
        uuid = wire.parsed_uuid(sent["id"], "id") if sent.get("id") else None
        known = self.visible(Project).filter(name=name).first()
        if known is not None and (known.uuid == uuid or wire.flag(request, "upsert")):
            projects.change(project=known, by=self.actor.person, **reading.said_in(sent))
            return self.answer(known)
        if self.actor.project is not None:
            raise PermissionDenied(f"This key may only write to the project {self.actor.project.name}.")
        return self.answer(self._made(sent, name, uuid))

    def _made(self, sent: dict[str, Any], name: str, uuid: UUID | None) -> Project:
        said = reading.said_in(sent)
        with taken_names():
            return projects.create(
                workspace=self.actor.workspace,
                name=name,
                by=self.actor.person,
                description=said["description"] or "",
                uuid=uuid,
                extra=said["extra"],
                reference_dataset=self._dataset(sent),
            )

    def _dataset(self, sent: dict[str, Any]) -> Dataset | None:
        named = sent.get("reference_dataset_id")
        if not named:
            return None
        dataset = self.visible(Dataset).filter(uuid=wire.parsed_uuid(named, "reference_dataset_id")).first()
        if dataset is None:
            raise NotFound("There is no dataset with this reference_dataset_id.")
        return dataset


class SessionView(ProjectView):
    """One project."""

    needs = {"GET": Capability.READ, "PATCH": Capability.EDIT, "DELETE": Capability.ADMINISTER}

    def get(self, request: Request, uuid: UUID) -> Response:
        """It, with statistics if they are asked for."""
        return self.answer(self.project(uuid), with_stats=bool(wire.flag(request, "include_stats")))

    def patch(self, _request: Request, uuid: UUID) -> Response:
        """Change what is sent; null leaves as it is."""
        project, sent = self.project(uuid), self.one()
        with taken_names():
            projects.change(project=project, by=self.actor.person, name=reading.name_in(sent), **reading.said_in(sent))
        return self.answer(project)

    def delete(self, _request: Request, uuid: UUID) -> Response:
        """End it, with all its traces: nobody sees it from now on, and a job removes what is in it."""
        try:
            job = ending.end(project=self.project(uuid), by=self.person, now=timezone.now())
        except ending.ProjectInUseError as problem:
            raise Refusal(409, str(problem)) from problem
        return Response({"message": "The project is deleted.", "job_id": job.uuid if job else None}, status=202)


class AddressView(ProjectView):
    """GET /sessions/resolutions."""

    needs = {"GET": Capability.READ}

    def get(self, request: Request) -> Response:
        """The project that an address names: an agent in an environment, or an experiment. What evaluators do is not kept."""
        asked = request.query_params
        kind, named = str(asked.get("kind", "")).upper(), asked.get("id", "")
        if kind not in {"AGENT", "EXPERIMENT", "EVALUATOR"}:
            raise Invalid("kind has to be AGENT, EXPERIMENT or EVALUATOR.")
        rows = self.visible(Project)
        if kind == "AGENT":
            found = rows.filter(name=address.project_name(named, asked.get("environment", ""))).first()
        elif kind == "EXPERIMENT":
            found = rows.filter(uuid=wire.parsed_uuid(named, "id"), reference_dataset__isnull=False).first()
        else:
            found = None
        if found is None:
            raise NotFound("There is no project at this address (yet).")
        return Response({"session_id": found.uuid})


@contextmanager
def taken_names() -> Iterator[None]:
    """409 for a name that another project has."""
    try:
        yield
    except projects.ProjectNameTakenError as problem:
        raise Refusal(409, str(problem)) from problem


class SettingsView(View):
    """GET /settings."""

    needs = {"GET": Capability.READ}

    def get(self, _request: Request) -> Response:
        """The workspace; only a hub of prompts would have a handle."""
        workspace = self.actor.workspace
        said = {"id": workspace.uuid, "display_name": workspace.name, "created_at": workspace.created_at}
        return Response({**said, "tenant_handle": None})
