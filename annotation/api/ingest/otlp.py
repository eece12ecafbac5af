"""The address that OpenTelemetry exporters post traces to."""

import time

from django.core.handlers.wsgi import WSGIRequest
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from annotation.api.ingest import answers, body, capacity
from annotation.api.ingest.answers import Problem
from annotation.domain import access
from annotation.domain.ingest import receive
from annotation.domain.ingest.otlp import Encoding, MalformedPayload
from annotation.domain.projects import keys
from annotation.models import ApiKey

PROJECT_HEADER = "x-traceapp-project"

_PROBLEMS: dict[type[Exception], Problem] = {
    MalformedPayload: Problem.MALFORMED,
    body.UnreadableBody: Problem.MALFORMED,
    body.BodyTooLarge: Problem.TOO_LARGE,
    body.UnknownPacking: Problem.MEDIA_TYPE,
    receive.ForeignProject: Problem.FORBIDDEN,
}


@csrf_exempt  # no cookies: the key alone says who sends
def traces(request: WSGIRequest) -> HttpResponse:
    """Take an OTLP trace export; the answer 200 is given after commit."""
    encoding = answers.encoding_of(request.headers.get("Content-Type", ""))
    try:
        with capacity.place():
            return _taken(request, encoding)
    except tuple(_PROBLEMS) as error:
        problem = next(problem for kind, problem in _PROBLEMS.items() if isinstance(error, kind))
        return answers.failure(encoding, problem, str(error))
    except capacity.Overloaded as error:
        return answers.failure(encoding, Problem.BUSY, str(error), retry_after=1)
    except (OperationalError, InterfaceError):
        message = "the database is not available at the moment: nothing of this request was stored, try again"
        return answers.failure(encoding, Problem.UNAVAILABLE, message, retry_after=5)


def _taken(request: WSGIRequest, encoding: Encoding | None) -> HttpResponse:
    if request.method != "POST":
        return _only_post(encoding)
    key = _key(request)
    if key is None:
        return _unauthenticated(encoding)
    if not access.scopes_may(key.scopes, access.Capability.INGEST):
        return answers.failure(encoding, Problem.FORBIDDEN, "this key may not send traces: it lacks the scope ingest")
    if encoding is None:
        accepted = " or ".join(Encoding)
        return answers.failure(None, Problem.MEDIA_TYPE, f"this Content-Type is not supported: send {accepted}")
    sender = receive.Sender(key, request.headers.get(PROJECT_HEADER, "").strip() or None)
    rejections = receive.receive(
        sender=sender, body=body.read(request), encoding=encoding, received_ns=time.time_ns()
    )
    return answers.success(encoding, rejections)


def _key(request: WSGIRequest) -> ApiKey | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    token = request.headers.get("x-api-key", "").strip() or bearer
    return keys.authenticate_key(token) if token else None


def _only_post(encoding: Encoding | None) -> HttpResponse:
    response = answers.failure(encoding, Problem.METHOD, "this address takes POST only")
    response["Allow"] = "POST"
    return response


def _unauthenticated(encoding: Encoding | None) -> HttpResponse:
    message = "no valid API key: send one as x-api-key, or as Authorization: Bearer"
    response = answers.failure(encoding, Problem.UNAUTHENTICATED, message)
    response["WWW-Authenticate"] = "Bearer"
    return response
