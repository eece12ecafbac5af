"""A page that says what the REST interface offers, from the interface's own description."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address, as a reader wants it."""

    method: str
    path: str
    words: str
    parameters: tuple[dict[str, Any], ...]
    takes: str
    gives: tuple[tuple[str, str], ...]


@require_GET
def api_page(request: HttpRequest) -> HttpResponse:
    """Every operation by resource; readable without signing in, as the source is."""
    return render(request, "account/api.html", {"resources": _resources()})


@cache
def _resources() -> list[tuple[str, list[Operation]]]:
    """What the running program serves; it does not change while it runs."""
    found: dict[str, list[Operation]] = defaultdict(list)
    description = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    for path, operations in description["paths"].items():
        for method in METHODS:
            if method in operations:
                found[path.split("/")[3]].append(_operation(method, path, operations[method]))
    return list(found.items())


def _operation(method: str, path: str, described: dict[str, Any]) -> Operation:
    body = described.get("requestBody", {})
    return Operation(
        method=method.upper(),
        path=path,
        words=described.get("description", ""),
        parameters=tuple(described.get("parameters", ())),
        takes=_schema_name(body),
        gives=tuple((status, _schema_name(one)) for status, one in described["responses"].items() if status < "300"),
    )


def _schema_name(described: dict[str, Any]) -> str:
    """`Me` of `#/components/schemas/Me`; empty where nothing is named."""
    for content in described.get("content", {}).values():
        schema = content.get("schema", {})
        return str(schema.get("$ref") or schema.get("items", {}).get("$ref") or "").rpartition("/")[2]
    return ""
