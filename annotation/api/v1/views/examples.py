"""The rows of datasets, in any version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.pagination import PARAMETERS, list_of, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.datasets import (
    ExampleChangeSerializer,
    ExampleSerializer,
    NewExamplesSerializer,
)
from annotation.api.v1.views.datasets import SPLIT, VERSION, refusals, version_of
from annotation.domain.access import Capability
from annotation.domain.datasets import export, queries, rows
from annotation.domain.datasets.content import RowContent
from annotation.domain.datasets.problems import NoSuchRowError
from annotation.domain.datasets.provenance import Origin
from annotation.models import Dataset, Example, Run, Trace


class ExampleListView(Resource):
    """The rows of one dataset."""

    needs = {"GET": Capability.READ, "POST": Capability.EDIT}

    @extend_schema(
        operation_id="examples_list", parameters=[VERSION, SPLIT, *PARAMETERS], responses=list_of(ExampleSerializer)
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """Rows of a version in their order."""
        dataset = self.found(Dataset, uuid)
        number = version_of(request, dataset)
        with refusals():
            standing = queries.rows_at(dataset, number)
        if "split" in request.query_params:
            standing = standing.filter(split=request.query_params["split"])
        found = page_of(request, standing, order=queries.IN_ORDER)
        results = [_shown(row, number) for row in found.rows]
        return Response({"results": results, "next_cursor": found.next_cursor, "version": number})

    @extend_schema(
        operation_id="examples_create", request=NewExamplesSerializer, responses={201: ExampleSerializer(many=True)}
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """Add rows as one version, or take a trace or a run as a row; all or none."""
        dataset, given = self.found(Dataset, uuid), NewExamplesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        with refusals():
            made = self._taken(dataset, given) if "trace_id" in given.validated_data else self._typed(dataset, given)
        return Response({"results": [_shown(row, dataset.version) for row in made]}, status=201)

    def _typed(self, dataset: Dataset, given: NewExamplesSerializer) -> tuple[Example, ...]:
        return rows.add(
            dataset=dataset,
            rows=given.contents(),
            by=self.person,
            now=timezone.now(),
            message=given.validated_data["message"],
            origin=Origin.API,
        )

    def _taken(self, dataset: Dataset, given: NewExamplesSerializer) -> tuple[Example, ...]:
        trace, run = self.found(Trace, given.validated_data["trace_id"]), None
        if run_id := given.validated_data.get("run_id"):
            run = self.visible(Run).filter(trace=trace, uuid=run_id).first()
            if run is None:
                raise NotFound("The trace has no run with this id.")
        message = given.validated_data["message"]
        return (
            rows.add_from_trace(
                dataset=dataset, trace=trace, run=run, by=self.person, now=timezone.now(), message=message
            ),
        )


class ExampleView(Resource):
    """One row."""

    needs = {"GET": Capability.READ, "PATCH": Capability.EDIT, "DELETE": Capability.EDIT}

    @extend_schema(operation_id="examples_one", parameters=[VERSION], responses=ExampleSerializer)
    def get(self, request: Request, uuid: UUID, example: UUID) -> Response:
        """A row as it stands in a version."""
        dataset = self.found(Dataset, uuid)
        number = version_of(request, dataset)
        with refusals():
            row = queries.rows_at(dataset, number).filter(uuid=example).first()
        if row is None:
            raise NotFound(f"Version {number} has no row with this id.")
        return Response(_shown(row, number))

    @extend_schema(operation_id="examples_change", request=ExampleChangeSerializer, responses=ExampleSerializer)
    def patch(self, request: Request, uuid: UUID, example: UUID) -> Response:
        """Change what is given, as a new version; the same content makes none."""
        dataset, given = self.found(Dataset, uuid), ExampleChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        with refusals():
            row = rows.edit(
                dataset=dataset,
                uuid=example,
                content=_changed(dataset, example, wanted),
                by=self.person,
                now=timezone.now(),
                seen_version=wanted.get("seen_version"),
                message=wanted["message"],
            )
        return Response(_shown(row, dataset.version))

    @extend_schema(operation_id="examples_remove", request=None, responses={204: None})
    def delete(self, _request: Request, uuid: UUID, example: UUID) -> Response:
        """Take a row out of the newest version; older versions keep it. Twice is once."""
        dataset = self.found(Dataset, uuid)
        if not queries.life_of_row(dataset, example):
            raise NotFound("The dataset never had a row with this id.")
        with refusals():
            rows.remove(dataset=dataset, uuids=[example], by=self.person, now=timezone.now())
        return Response(status=204)


def _shown(row: Example, number: int) -> dict[str, Any]:
    return export.exported(row, number).document()


def _changed(dataset: Dataset, uuid: UUID, wanted: dict[str, Any]) -> RowContent:
    """The row's newest content, with what was sent in place of what stands there."""
    states = queries.life_of_row(dataset, uuid)
    if not states:
        raise NoSuchRowError
    before = rows.content_of(states[-1])
    return RowContent(
        inputs=wanted.get("inputs", before.inputs),
        outputs=wanted.get("outputs", before.outputs),
        metadata=wanted.get("metadata", before.metadata),
        split=wanted.get("split", before.split) or "",
    )
