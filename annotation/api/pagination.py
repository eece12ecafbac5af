"""Lists of the REST interface: `?cursor=…&limit=…` in, `{"results": […], "next_cursor": …}` out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, CharField, Serializer, ValidationError

from annotation.domain.paging import Page, page

Row = TypeVar("Row", bound=Model)
DEFAULT_SIZE = 50
LARGEST_SIZE = 200
PARAMETERS = [
    OpenApiParameter("cursor", OpenApiTypes.STR, description="`next_cursor` of the page before."),
    OpenApiParameter("limit", OpenApiTypes.INT, description=f"Rows on a page, at most {LARGEST_SIZE}."),
]
"""For `extend_schema(parameters=…)` of every list."""


def page_of(request: Request, rows: QuerySet[Row], *, order: Sequence[str]) -> Page[Row]:
    """The page that the request asks for; `order` as in `domain.paging.page`."""
    return page(rows, order=order, size=size_of(request), cursor=request.query_params.get("cursor"))


def listed(found: Page[Row], serializer: type[BaseSerializer[Any]], **context: Any) -> Response:
    """The answer for a page."""
    results = serializer(found.rows, many=True, context=context).data
    return Response({"results": results, "next_cursor": found.next_cursor})


@cache  # two schemas of one name would be two schemas
def list_of(serializer: type[Serializer[Any]]) -> type[Serializer[Any]]:
    """The schema of a list of `serializer`, for `extend_schema(responses=…)`."""
    name = serializer.__name__.removesuffix("Serializer")
    fields = {"results": serializer(many=True), "next_cursor": CharField(allow_null=True)}
    return type(f"{name}ListSerializer", (Serializer,), fields)


def size_of(request: Request) -> int:
    """How many rows a page is to have. Raises ValidationError."""
    asked = request.query_params.get("limit", str(DEFAULT_SIZE))
    if len(asked) > 3 or not asked.isascii() or not asked.isdigit() or not 1 <= int(asked) <= LARGEST_SIZE:
        raise ValidationError({"limit": [f"Give a whole number from 1 to {LARGEST_SIZE}."]})
    return int(asked)
