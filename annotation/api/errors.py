"""One shape for every error of the REST interface: `{"error": {code, message, fields?, hint?, position?}}`.

`position` is an offset into the filter that was sent, counted in characters from zero.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from annotation.api.ingest import body as body_of_request
from annotation.domain import unstorable
from annotation.domain.paging import BadCursorError
from annotation.domain.traces.filters import FilterError

_HINTS = {
    "not_authenticated": "Send an API key as `x-api-key` or `Authorization: Bearer`.",
    "not_found": "Check the id; rows of other workspaces are never found.",
    "unsupported_media_type": "Send JSON with `Content-Type: application/json`.",
    "bad_cursor": "Start without a cursor, and pass on what `next_cursor` says.",
}


class ApiError(exceptions.APIException):
    """A refusal with a stable code for programs, words for people, and what to do about it."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 400,
        hint: str = "",
        fields: dict[str, list[str]] | None = None,
        position: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message, code)
        self.wait = retry_after
        self.status_code = status
        self.hint = hint
        self.fields = fields or {}
        self.position = position


def bad_filter(problem: FilterError) -> ApiError:
    """400 with the place in the filter, and what to write there instead."""
    words = f"At character {problem.position + 1}: {problem}"
    fields = {"filter": [words]}
    return ApiError("bad_filter", problem.message, hint=problem.hint, fields=fields, position=problem.position)


def body(
    code: str, message: str, *, hint: str = "", fields: dict[str, Any] | None = None, position: int | None = None
) -> dict[str, Any]:
    """The one shape."""
    error: dict[str, Any] = {"code": code, "message": message}
    if fields:
        error["fields"] = fields
    if hint := hint or _HINTS.get(code, ""):
        error["hint"] = hint
    if position is not None:
        error["position"] = position
    return {"error": error}


def handle(problem: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler; anything unknown stays an error of the server."""
    problem = translated(problem)
    response = exception_handler(problem, context)
    if response is None or not isinstance(problem, exceptions.APIException):
        return response
    response.data = _body_of(problem)
    return response


def translated(problem: Exception) -> Exception:
    """What the domain and Django raise, as exceptions of the REST framework."""
    match problem:
        case Http404():
            return exceptions.NotFound("There is nothing here under this id.")
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case BadCursorError():
            return ApiError("bad_cursor", "This cursor does not belong to this list.")
        case body_of_request.UnfinishedBodyError():
            return ApiError("unfinished", f"T{str(problem)[1:]}.", status=408, retry_after=1)
        case DatabaseError() if unstorable.is_refusal(problem):
            return ApiError("unstorable", f"This cannot be stored: {unstorable.WORDS}.")
        case _:
            return problem


def _body_of(problem: exceptions.APIException) -> dict[str, Any]:
    if isinstance(problem, ApiError):
        code, message = str(problem.get_codes()), str(problem.detail)
        return body(code, message, hint=problem.hint, fields=problem.fields, position=problem.position)
    if isinstance(problem, exceptions.ValidationError):
        return body("invalid", "Some of what was sent cannot be used.", fields=_fields(problem.detail))
    hint = getattr(problem, "hint", "")
    return body(str(problem.get_codes()), str(problem.detail), hint=hint)


def _fields(detail: Any) -> dict[str, Any]:
    if isinstance(detail, dict):
        return {name or "body": value for name, value in detail.items()}
    return {"body": detail}


@csrf_exempt  # it changes nothing, whoever asks
def not_found(_request: HttpRequest, *_args: object, **_kwargs: object) -> JsonResponse:
    """For addresses below the interface that do not exist."""
    words = "There is no such address."
    return JsonResponse({**body("not_found", words, hint="See /api/v1/schema."), "detail": words}, status=404)
