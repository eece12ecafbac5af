"""Projects as the SDKs send and look for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from django.db.models import Q, QuerySet
from rest_framework.request import Request

from annotation.api.langsmith import wire
from annotation.api.langsmith.errors import Invalid
from annotation.domain.projects import registry
from annotation.models import Project

_ORDERS = {"name": "name", "start_time": "created_at"}


def name_in(sent: Mapping[str, Any]) -> str | None:
    """The name, if one is sent. Raises Invalid."""
    name = sent.get("name")
    if name is None:
        return None
    if not isinstance(name, str) or not name.strip():
        raise Invalid("name has to be a text.")
    if len(name.strip()) > registry.MAX_NAME:
        raise Invalid(f"name may have at most {registry.MAX_NAME} characters.")
    return name.strip()


def said_in(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Description, extra and end, as far as they are sent. Raises Invalid."""
    description, extra, ended = sent.get("description"), sent.get("extra"), sent.get("end_time")
    if description is not None and not isinstance(description, str):
        raise Invalid("description has to be a text.")
    if extra is not None and not isinstance(extra, dict):
        raise Invalid("extra has to be an object.")
    return {
        "description": description,
        "extra": extra,
        "ended_at": wire.parsed_time(ended, "end_time") if ended else None,
    }


def wanted(request: Request, rows: QuerySet[Project]) -> QuerySet[Project]:
    """Those of `rows` that the query asks for, the newest first unless it says otherwise. Raises Invalid."""
    asked = request.query_params
    if uuids := wire.uuids(request, "id"):
        rows = rows.filter(uuid__in=uuids)
    if name := asked.get("name"):
        rows = rows.filter(name=name)
    if part := asked.get("name_contains"):
        rows = rows.filter(name__icontains=part)
    if metadata := asked.get("metadata"):
        rows = rows.filter(extra__metadata__contains=_object(metadata))
    if version := asked.get("dataset_version"):
        rows = rows.filter(extra__metadata__dataset_version=version)
    return _ordered(request, rows.filter(_by_dataset(request)))


def _by_dataset(request: Request) -> Q:
    condition = Q()
    if datasets := wire.uuids(request, "reference_dataset"):
        condition &= Q(reference_dataset__uuid__in=datasets)
    if (is_free := wire.flag(request, "reference_free")) is not None:
        condition &= Q(reference_dataset__isnull=is_free)
    return condition


def _ordered(request: Request, rows: QuerySet[Project]) -> QuerySet[Project]:
    column = _ORDERS.get(request.query_params.get("sort_by", ""), "created_at")
    is_rising = wire.flag(request, "sort_by_desc") is False
    sign = "" if is_rising else "-"
    return rows.order_by(f"{sign}{column}", f"{sign}id")


def _object(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        raise Invalid("metadata has to be a JSON object.") from problem
    if not isinstance(found, dict):
        raise Invalid("metadata has to be a JSON object.")
    return found
