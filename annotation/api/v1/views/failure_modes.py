"""The taxonomy: failure modes listed, coined, renamed, merged, split, and changes undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.errors import ApiError, bad_filter
from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.failure_modes import (
    FailureModeChangeSerializer,
    FailureModeSerializer,
    MergeSerializer,
    NewFailureModeSerializer,
    SplitSerializer,
    TaxonomyChangeSerializer,
    UseSerializer,
)
from annotation.domain.access import Capability
from annotation.domain.feedback import failure_modes
from annotation.domain.feedback.taxonomy import changes, queries, undoing
from annotation.domain.feedback.taxonomy.refusals import TaxonomyError
from annotation.domain.traces import filters, matching
from annotation.models import FailureMode, Feedback, Project, TaxonomyChange, Trace

_PROJECT = OpenApiParameter("project", str, description="Name or slug; empty: all projects.")
_WORDS = OpenApiParameter("q", str, description="Words in the name, the definition or the group.")
READERS = (Capability.READ, Capability.REVIEW)


@contextmanager
def refusals() -> Iterator[None]:
    """409 where the state of the taxonomy stands against it, 400 for a filter that cannot be read."""
    try:
        yield
    except TaxonomyError as problem:
        raise ApiError(problem.code, str(problem), status=409) from problem
    except filters.FilterError as problem:
        raise bad_filter(problem) from problem


class FailureModeResource(Resource):
    """What views of failure modes share."""

    def shown(self, mode: FailureMode, status: int = 200) -> Response:
        """A mode as it is answered."""
        rows = queries.counted(FailureMode.objects.filter(pk=mode.pk)).select_related("project")
        return Response(FailureModeSerializer(rows.get()).data, status=status)

    def changed(self, change: TaxonomyChange) -> Response:
        """A change as it is answered; 202 while a job carries its uses."""
        return Response(TaxonomyChangeSerializer(change).data, status=202 if change.job else 200)


class FailureModeListView(FailureModeResource):
    """The taxonomy."""

    needs = {"GET": READERS, "POST": Capability.EDIT}

    @extend_schema(
        operation_id="failure_modes_list",
        parameters=[_PROJECT, _WORDS, *PARAMETERS],
        responses=list_of(FailureModeSerializer),
    )
    def get(self, request: Request) -> Response:
        """Failure modes, the oldest first; merged ones are left out."""
        modes = self.visible(FailureMode)
        if name := request.query_params.get("project"):
            modes = modes.filter(project__in=[one.pk for one in self._projects(name)])
        rows = queries.counted(modes, words=request.query_params.get("q", "")).select_related("project")
        return listed(page_of(request, rows, order=("id",)), FailureModeSerializer)

    @extend_schema(
        operation_id="failure_modes_coin", request=NewFailureModeSerializer, responses={201: FailureModeSerializer}
    )
    def post(self, request: Request) -> Response:
        """Coin a failure mode; a name that is known, merged or former gives the one that it means now."""
        given = NewFailureModeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        projects = self._projects(given.validated_data["project"])
        if not projects:
            raise ValidationError({"project": ["There is no project of this name."]})
        mode = failure_modes.coin(project=projects[0], name=given.validated_data["name"], by=self.person)
        return self.shown(mode, status=201)

    def _projects(self, name: str) -> list[Project]:
        known = self.visible(Project).select_related("workspace")
        return list(known.filter(name=name)) or list(known.filter(slug=name))


class FailureModeView(FailureModeResource):
    """One failure mode."""

    needs = {"GET": READERS, "PATCH": Capability.EDIT}

    @extend_schema(operation_id="failure_modes_one", responses=FailureModeSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """A failure mode; a merged one gives what it became."""
        mode = self.found(FailureMode, uuid)
        return self.shown(mode.merged_into or mode)

    @extend_schema(
        operation_id="failure_modes_change", request=FailureModeChangeSerializer, responses=FailureModeSerializer
    )
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Rename, define or group it; all its uses follow."""
        mode, given = self.found(FailureMode, uuid), FailureModeChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = {"name": mode.name, "definition": mode.definition, **given.validated_data}
        with refusals():
            changes.rename(mode=mode, name=said["name"], definition=said["definition"], by=self.person)
            if "group" in said:
                changes.group(modes=[mode], name=said["group"], by=self.person)
        return self.shown(mode)


class FailureModeUsesView(Resource):
    """Where a failure mode was given."""

    needs = {"GET": Capability.READ}

    @extend_schema(operation_id="failure_modes_uses", parameters=PARAMETERS, responses=list_of(UseSerializer))
    def get(self, request: Request, uuid: UUID) -> Response:
        """Uses, the latest first."""
        rows = queries.uses(self.found(FailureMode, uuid), among=self.visible(Feedback))
        return listed(page_of(request, rows, order=queries.USES_ORDER), UseSerializer)


class FailureModeMergeView(FailureModeResource):
    """Two failure modes that are one."""

    needs = {"POST": Capability.EDIT}

    @extend_schema(operation_id="failure_modes_merge", request=MergeSerializer, responses=TaxonomyChangeSerializer)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Make all its uses uses of another; its name gives that one from then on."""
        mode, given = self.found(FailureMode, uuid), MergeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        into = self.visible(FailureMode).filter(uuid=given.validated_data["into"]).first()
        if into is None:
            raise ValidationError({"into": ["There is no failure mode with this id."]})
        with refusals():
            return self.changed(changes.merge(mode=mode, into=into, by=self.person))


class FailureModeSplitView(FailureModeResource):
    """A failure mode that is two."""

    needs = {"POST": Capability.EDIT}

    @extend_schema(operation_id="failure_modes_split", request=SplitSerializer, responses=TaxonomyChangeSerializer)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Make some of its uses uses of a new one."""
        mode, given = self.found(FailureMode, uuid), SplitSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        with refusals():
            uses = said["uses"] or self._uses(mode, said)
            change = changes.split(
                mode=mode, uses=uses, name=said["name"], definition=said["definition"], by=self.person
            )
        return self.changed(change)

    def _uses(self, mode: FailureMode, said: dict[str, Any]) -> list[UUID]:
        chosen = matching.compile(said["filter"], workspace=self.actor.workspace, now=timezone.now())
        traces = chosen.traces(self.visible(Trace)).values("uuid")
        with matching.bounded():
            rows = queries.uses(mode, among=self.visible(Feedback)).filter(trace_uuid__in=traces)
            return list(rows.values_list("uuid", flat=True)[: queries.MOST_SPLIT])


class TaxonomyChangeListView(Resource):
    """What was done to taxonomies."""

    needs = {"GET": Capability.READ}

    @extend_schema(
        operation_id="taxonomy_changes_list", parameters=PARAMETERS, responses=list_of(TaxonomyChangeSerializer)
    )
    def get(self, request: Request) -> Response:
        """Changes, the latest first."""
        rows = self.visible(TaxonomyChange).select_related("mode", "other", "job")
        return listed(page_of(request, rows, order=("-id",)), TaxonomyChangeSerializer)


class TaxonomyUndoView(FailureModeResource):
    """A change taken back."""

    needs = {"POST": Capability.EDIT}

    @extend_schema(operation_id="taxonomy_changes_undo", request=None, responses=TaxonomyChangeSerializer)
    def post(self, _request: Request, uuid: UUID) -> Response:
        """Put names, uses and drafts back; 409 while a later change of the same failure modes stands."""
        change = self.found(TaxonomyChange, uuid)
        with refusals():
            return self.changed(undoing.undo(change=change, by=self.person, now=timezone.now()))
