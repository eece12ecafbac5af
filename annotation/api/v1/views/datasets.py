"""Datasets, their versions, and a version as a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api import choices
from annotation.api.errors import ApiError
from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.datasets import (
    DatasetChangeSerializer,
    DatasetSerializer,
    DatasetVersionSerializer,
)
from annotation.domain.access import Capability
from annotation.domain.datasets import catalogue, export, queries, schemas
from annotation.domain.datasets.problems import (
    ArchivedDatasetError,
    ChangedMeanwhileError,
    DatasetError,
    InvalidRowError,
    NameTakenError,
    NoSuchRowError,
    NoSuchVersionError,
)
from annotation.domain.datasets.schemas import RowSchema
from annotation.domain.datasets.writers import Format
from annotation.models import Dataset

VERSION = OpenApiParameter("version", OpenApiTypes.INT, description="A version's number; default: the newest.")
SPLIT = OpenApiParameter("split", OpenApiTypes.STR, description="Only the rows of this split.")
FORMAT = OpenApiParameter("format", OpenApiTypes.STR, enum=[form.value for form in Format])

_STATUS: dict[type[DatasetError], tuple[str, int]] = {
    ArchivedDatasetError: ("dataset_archived", 409),
    NameTakenError: ("name_taken", 409),
    ChangedMeanwhileError: ("changed_meanwhile", 409),
    NoSuchRowError: ("not_found", 404),
    NoSuchVersionError: ("not_found", 404),
}


@contextmanager
def refusals() -> Iterator[None]:
    """Answer what the domain refuses in the one shape of errors."""
    try:
        yield
    except InvalidRowError as problem:
        fields = {part: [words] for part, words in problem.problems.items()}
        raise ApiError("invalid_row", "A row cannot be kept; nothing was changed.", fields=fields) from problem
    except DatasetError as problem:
        code, status = _STATUS.get(type(problem), ("dataset_refused", 400))
        raise ApiError(code, str(problem), status=status) from problem


def version_of(request: Request, dataset: Dataset) -> int:
    """The version that the request asks for; 400 unless it is a number."""
    asked = request.query_params.get("version", "")
    if not asked:
        return dataset.version
    if not asked.isascii() or not asked.isdigit() or len(asked) > 9:
        raise ApiError("bad_version", "A version is a whole number.", fields={"version": ["Give a number, such as 3."]})
    return int(asked)


class DatasetListView(Resource):
    """The datasets of the workspace."""

    needs = {"GET": Capability.READ, "POST": Capability.EDIT}

    @extend_schema(
        operation_id="datasets_list",
        parameters=[OpenApiParameter("name", OpenApiTypes.STR, description="Only the one of this name."), *PARAMETERS],
        responses=list_of(DatasetSerializer),
    )
    def get(self, request: Request) -> Response:
        """Datasets, newest first, archived ones too."""
        rows = self.visible(Dataset)
        if name := request.query_params.get("name"):
            rows = rows.filter(name__iexact=name)
        return listed(page_of(request, rows, order=("-id",)), DatasetSerializer)

    @extend_schema(operation_id="datasets_create", request=DatasetChangeSerializer, responses={201: DatasetSerializer})
    def post(self, request: Request) -> Response:
        """Make an empty dataset."""
        given = DatasetChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        with refusals():
            made = catalogue.create(
                workspace=self.actor.workspace,
                name=given.validated_data["name"],
                description=given.validated_data.get("description", ""),
                schema=given.row_schema(RowSchema()),
                by=self.person,
                now=timezone.now(),
            )
        return Response(DatasetSerializer(made).data, status=201)


class DatasetView(Resource):
    """One dataset."""

    needs = {"GET": Capability.READ, "PATCH": Capability.EDIT}

    @extend_schema(operation_id="datasets_one", responses=DatasetSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """A dataset and the number of its newest version."""
        return Response(DatasetSerializer(self.found(Dataset, uuid)).data)

    @extend_schema(operation_id="datasets_change", request=DatasetChangeSerializer, responses=DatasetSerializer)
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Change name, description or schema, archive it, or bring it back."""
        dataset, given = self.found(Dataset, uuid), DatasetChangeSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        self._change(dataset, given)
        return Response(DatasetSerializer(dataset).data)

    def _change(self, dataset: Dataset, given: DatasetChangeSerializer) -> None:
        with refusals():
            catalogue.change(
                dataset=dataset,
                name=given.validated_data.get("name", dataset.name),
                description=given.validated_data.get("description", dataset.description),
                schema=given.row_schema(schemas.read(dataset.schema)),
                by=self.person,
            )
        match given.validated_data.get("is_archived"):
            case True:
                catalogue.archive(dataset=dataset, by=self.person, now=timezone.now())
            case False:
                catalogue.unarchive(dataset=dataset, by=self.person)


class DatasetVersionListView(Resource):
    """The versions of one dataset."""

    needs = {"GET": Capability.READ}

    @extend_schema(
        operation_id="dataset_versions_list", parameters=PARAMETERS, responses=list_of(DatasetVersionSerializer)
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """Versions with who, why and counts, newest first."""
        versions = queries.history(self.found(Dataset, uuid))
        return listed(page_of(request, versions, order=("-number",)), DatasetVersionSerializer)


class AsIs(BaseContentNegotiation):
    """`?format=` names the kind of file here, not a renderer of the framework's."""

    def select_parser(self, request: Request, parsers: Any) -> Any:  # noqa: ARG002 -- the framework's signature
        """The first."""
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:  # noqa: ARG002 -- likewise
        """The first, for errors."""
        return renderers[0], renderers[0].media_type


class DatasetExportView(Resource):
    """A version as a file."""

    needs = {"GET": Capability.READ}
    content_negotiation_class = AsIs

    @extend_schema(
        operation_id="datasets_export",
        parameters=[VERSION, FORMAT, SPLIT],
        responses={(200, "application/jsonl"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def get(self, request: Request, uuid: UUID) -> StreamingHttpResponse:
        """JSON Lines or CSV, streamed; the same version gives the same bytes."""
        dataset = self.found(Dataset, uuid)
        form, number = format_of(request), version_of(request, dataset)
        with refusals():
            pieces = export.stream(dataset=dataset, number=number, form=form, split=request.query_params.get("split"))
        headers = {
            "Content-Disposition": f'attachment; filename="{export.file_name(dataset, number, form)}"',
            "x-traceapp-dataset-version": str(number),
        }
        return StreamingHttpResponse(pieces, content_type=form.content_type, headers=headers)


def format_of(request: Request) -> Format:
    """The format that `?format=` names."""
    return choices.asked(request, "format", Format) or Format.JSONL
