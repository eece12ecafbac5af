"""The base of all views of this protocol: who calls, how a body is read, and what an error looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
import structlog
from django.db import InterfaceError, OperationalError
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from annotation.api.auth import KeyAuthentication
from annotation.api.errors import translated
from annotation.api.ingest import body
from annotation.api.langsmith import wire
from annotation.api.langsmith.errors import Invalid, Refusal
from annotation.api.parsers import JsonParser
from annotation.api.resource import Resource
from annotation.domain import unstorable
from annotation.domain.access import Actor
from annotation.models import User

log = structlog.get_logger(__name__)


class WorkspaceKeyAuthentication(KeyAuthentication):
    """The key alone says who calls; `X-Tenant-Id`, where a client sends one, must name the key's workspace."""

    def authenticate(self, request: Request) -> tuple[User | None, Actor] | None:
        """As for our own interface; 403 for a workspace that is not the key's."""
        known = super().authenticate(request)
        named = request.META.get("HTTP_X_TENANT_ID", "").strip()
        if known and named and named.lower() != str(known[1].workspace.uuid):
            raise PermissionDenied("This API key belongs to another workspace than the one X-Tenant-Id names.")
        return known


class AnyJson(JsonParser):
    """JSON whatever its Content-Type says: some calls of the SDKs name none."""

    media_type = "*/*"


class JsonRenderer(BaseRenderer):
    """JSON with times to the microsecond and decimals as text, exactly."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, *_context: Any) -> bytes:
        """The body; nothing for an answer without content."""
        return b"" if data is None else wire.dumped(data)


class _OneRenderer(BaseContentNegotiation):
    """Takes the first of each, whatever the client accepts: there is one of each."""

    def select_parser(self, _request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, _request: Request, renderers: Iterable[BaseRenderer], _format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class View(Resource):
    """A view of the protocol: `needs` as in `Resource`; errors are `{"detail": …}`; not in our own description."""

    schema = None  # it is described by those who made it
    authentication_classes: Sequence[type[BaseAuthentication]] = (WorkspaceKeyAuthentication,)
    parser_classes = (AnyJson,)
    renderer_classes = (JsonRenderer,)
    content_negotiation_class = _OneRenderer

    def get_exception_handler(self) -> Callable[[Exception, Mapping[str, Any]], Response | None]:
        """Errors in the shape that the SDKs show."""
        return handle

    def one(self) -> dict[str, Any]:
        """The body, which has to be an object; 422 otherwise."""
        if not isinstance(self.request.data, dict):
            raise Invalid("The body has to be a JSON object.")
        return self.request.data


def handle(problem: Exception, context: Mapping[str, Any]) -> Response | None:
    """`{"detail": …}`; 503 with Retry-After while the database is away, so that the SDKs try again."""
    if unstorable.is_refusal(problem):
        log.warning("unstorable", problem=repr(problem)[:500])
        problem = Invalid(f"This cannot be stored: {unstorable.WORDS}.")
    if isinstance(problem, body.UnfinishedBodyError):
        problem = Refusal(408, str(problem), retry_after=1)
    if isinstance(problem, (OperationalError, InterfaceError)):
        log.warning("database_away", problem=type(problem).__name__)
        problem = Refusal(503, "The database is not available at the moment: try again.", retry_after=5)
    problem = translated(problem)
    response = exception_handler(problem, dict(context))
    if response is not None:
        response.data = {"detail": _detail(response.data)}
    return response


def _detail(data: Any) -> str:
    if isinstance(data, dict) and set(data) == {"detail"}:
        return str(data["detail"])
    return orjson.dumps(data, default=str).decode()
