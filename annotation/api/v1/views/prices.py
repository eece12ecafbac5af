"""Prices of models: listed, added, changed, imported, and costs computed anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from django.core.handlers.wsgi import WSGIRequest
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.errors import ApiError
from annotation.api.ingest import body
from annotation.api.pagination import PARAMETERS, list_of, listed, page_of
from annotation.api.resource import Resource
from annotation.api.v1.serializers.jobs import JobSerializer
from annotation.api.v1.serializers.prices import (
    NewPriceSerializer,
    PriceChangeSerializer,
    PriceImportOptionsSerializer,
    PriceImportSerializer,
    PriceSerializer,
    RecomputeSerializer,
)
from annotation.domain.access import Capability
from annotation.domain.ingest import repricing
from annotation.domain.prices import importing, table
from annotation.domain.prices.files import UnreadablePricesError
from annotation.models import ModelPrice


@contextmanager
def _refusals() -> Iterator[None]:
    """400 with the field that cannot be."""
    try:
        yield
    except table.BadPriceError as problem:
        raise ApiError("invalid", "This cannot be a price.", fields={problem.field: [str(problem)]}) from problem


class PriceListView(Resource):
    """The price table of the workspace."""

    needs = {"GET": Capability.READ, "POST": Capability.ADMINISTER}

    @extend_schema(operation_id="prices_list", parameters=PARAMETERS, responses=list_of(PriceSerializer))
    def get(self, request: Request) -> Response:
        """Prices by model, the newest of a model first."""
        return listed(page_of(request, self.visible(ModelPrice), order=table.ORDER), PriceSerializer)

    @extend_schema(operation_id="prices_create", request=NewPriceSerializer, responses={201: PriceSerializer})
    def post(self, request: Request) -> Response:
        """Add a price; runs that arrive from now on cost by it, those of the past when costs are computed anew."""
        given = NewPriceSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        is_succeeding = given.validated_data["ends_previous"]
        with _refusals():
            price = table.add(
                workspace=self.actor.workspace, terms=given.terms(), by=self.person, is_succeeding=is_succeeding
            )
        return Response(PriceSerializer(price).data, status=201)


class PriceView(Resource):
    """One price."""

    needs = {"GET": Capability.READ, "PATCH": Capability.ADMINISTER, "DELETE": Capability.ADMINISTER}

    @extend_schema(operation_id="prices_one", responses=PriceSerializer)
    def get(self, _request: Request, uuid: UUID) -> Response:
        """A price."""
        return Response(PriceSerializer(self.found(ModelPrice, uuid)).data)

    @extend_schema(operation_id="prices_change", request=PriceChangeSerializer, responses=PriceSerializer)
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Change what is given; `valid_to` ends a price."""
        price = self.found(ModelPrice, uuid)
        given = PriceChangeSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        with _refusals():
            price = table.change(price=price, terms=given.terms(price), by=self.person)
        return Response(PriceSerializer(price).data)

    @extend_schema(operation_id="prices_delete", responses={204: None})
    def delete(self, _request: Request, uuid: UUID) -> Response:
        """Take a price out of the table."""
        table.delete(price=self.found(ModelPrice, uuid), by=self.person)
        return Response(status=204)


class PriceImportView(Resource):
    """A file of prices: CSV, or JSON in the shape of LiteLLM's `model_prices_and_context_window.json`."""

    needs = {"POST": Capability.ADMINISTER}

    @extend_schema(
        operation_id="prices_import",
        parameters=[PriceImportOptionsSerializer],
        request={"application/json": OpenApiTypes.ANY, "text/csv": OpenApiTypes.STR},
        responses=PriceImportSerializer,
    )
    def post(self, request: Request) -> Response:
        """Add what is new; a price that differs from the one that holds succeeds it. The same file again changes nothing."""
        options = self._options(request)
        try:
            content = body.read(cast("WSGIRequest", request._request))  # noqa: SLF001 -- the body as it comes, bounded
            outcome = importing.bring_in(
                workspace=self.actor.workspace,
                content=content,
                valid_from=options.get("valid_from") or timezone.now().date(),
                is_any_provider=options["any_provider"],
                by=self.person,
            )
        except body.BodyTooLargeError as problem:
            raise ApiError("too_large", str(problem), status=413) from problem
        except (body.UnreadableBodyError, body.UnknownPackingError, UnreadablePricesError) as problem:
            raise ApiError("unreadable", str(problem), hint="Send CSV or JSON.") from problem
        return Response(PriceImportSerializer(outcome).data)

    def _options(self, request: Request) -> dict[str, Any]:
        asked = PriceImportOptionsSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)


class PriceRecomputeView(Resource):
    """Costs of the past."""

    needs = {"POST": Capability.ADMINISTER}

    @extend_schema(operation_id="prices_recompute", request=RecomputeSerializer, responses={202: JobSerializer})
    def post(self, request: Request) -> Response:
        """Compute the costs of past runs by the prices as they stand now, as a job; sent costs stay."""
        given = RecomputeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        since = given.validated_data["since"]
        job = repricing.start(workspace=self.actor.workspace, since=since, by=self.person, now=timezone.now())
        return Response(JobSerializer(job).data, status=202)
