"""Transcripts in: a file of conversations becomes traces."""

from __future__ import annotations

from typing import Any, cast

from django.core.handlers.wsgi import WSGIRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.choices import ChoiceField
from annotation.api.errors import ApiError
from annotation.api.ingest import body
from annotation.api.resource import Resource
from annotation.api.v1.serializers.jobs import JobSerializer
from annotation.domain.access import Capability
from annotation.domain.imports import traces
from annotation.domain.imports.plan import ImportPlan
from annotation.domain.imports.reading import UnreadableFileError
from annotation.models import Feedback


class ImportOptionsSerializer(serializers.Serializer[Any]):
    """Where to find what in a record; fields are paths with dots."""

    project = serializers.CharField(max_length=200, help_text="The project's name; made if it is new.")
    filename = serializers.CharField(max_length=200, default="upload")
    name = serializers.CharField(max_length=200, required=False, help_text="What model calls are called.")
    records = serializers.CharField(required=False, help_text="The list of records inside a JSON document.")
    messages = serializers.CharField(required=False, help_text="The list of messages (default: messages).")
    id = serializers.CharField(required=False, help_text="What identifies a record (default: its content).")
    group = serializers.CharField(
        required=False, help_text="What belongs together, such as attempts at one task: becomes metadata.group."
    )
    thread = serializers.CharField(required=False)
    user = serializers.CharField(required=False)
    model = serializers.CharField(required=False)
    started_at = serializers.CharField(required=False)
    score = serializers.ListField(child=serializers.CharField(), required=False, help_text="Become feedback.")
    source = ChoiceField(  # type: ignore[assignment]  # the base class's own is another thing
        choices=Feedback.Source.choices, required=False
    )
    good_from = serializers.FloatField(required=False, help_text="From which score on a trace is good, else bad.")


class TraceImportView(Resource):
    """Transcripts in the OpenAI messages form, as JSON or JSON Lines, gzipped or not."""

    needs = {"POST": Capability.EDIT}

    @extend_schema(
        operation_id="traces_import",
        parameters=[ImportOptionsSerializer],
        request={"application/json": OpenApiTypes.ANY, "application/x-ndjson": OpenApiTypes.STR,
                 "application/gzip": OpenApiTypes.BINARY},
        responses={202: JobSerializer},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Start a job that imports the body; ask for the job to see how far it is."""
        plan, filename = self._plan(request)
        try:
            content = body.read(cast("WSGIRequest", request._request))  # noqa: SLF001 -- the body as it comes, bounded
            job = traces.start(
                workspace=self.actor.workspace, plan=plan, content=content, filename=filename, by=self.person
            )
        except body.BodyTooLargeError as problem:
            raise ApiError("too_large", str(problem), status=413) from problem
        except (body.UnreadableBodyError, body.UnknownPackingError, UnreadableFileError) as problem:
            raise ApiError("unreadable", str(problem), hint="Send JSON, JSON Lines, or either gzipped.") from problem
        return Response(JobSerializer(job).data, status=202)

    def _plan(self, request: Request) -> tuple[ImportPlan, str]:
        sent: dict[str, Any] = {name: values[-1] for name, values in request.query_params.lists()}
        if "score" in sent:
            sent["score"] = request.query_params.getlist("score")
        asked = ImportOptionsSerializer(data=sent)
        asked.is_valid(raise_exception=True)
        options = dict(asked.validated_data)
        own = self.actor.project
        if own and options["project"] not in (own.name, own.slug):
            raise PermissionDenied(f"This key may only write to the project {own.name}.")
        filename = options.pop("filename")
        return ImportPlan(scores=tuple(options.pop("score", ())), **options), filename
