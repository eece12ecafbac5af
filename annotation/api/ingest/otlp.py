"""The addresses that OpenTelemetry exporters post traces and logs to."""

import time

import structlog
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from annotation.api.ingest import answers, body, capacity, credentials
from annotation.api.ingest.answers import Problem
from annotation.domain import access, unstorable
from annotation.domain.ingest import receive, receive_logs
from annotation.domain.ingest.otlp import Encoding, MalformedPayloadError
from annotation.domain.ingest.otlp_errors import TooManyError
from annotation.domain.ingest.otlp_signals import LOGS, TRACES, Signal
from annotation.domain.projects import keys

_PROBLEMS: dict[type[Exception], Problem] = {
    MalformedPayloadError: Problem.MALFORMED,
    body.UnreadableBodyError: Problem.MALFORMED,
    body.BodyTooLargeError: Problem.TOO_LARGE,
    TooManyError: Problem.TOO_LARGE,
    body.UnknownPackingError: Problem.MEDIA_TYPE,
    receive.ForeignProjectError: Problem.FORBIDDEN,
}


@csrf_exempt  # no cookies: the key alone says who sends
def traces(request: WSGIRequest) -> HttpResponse:
    """Take an OTLP trace export; the answer 200 is given after commit."""
    return _read_to_its_end(request, TRACES)


@csrf_exempt  # as above
def logs(request: WSGIRequest) -> HttpResponse:
    """Take an OTLP log export; the answer 200 is given after commit."""
    return _read_to_its_end(request, LOGS)


def _read_to_its_end(request: WSGIRequest, signal: Signal) -> HttpResponse:
    answer = _answered(request, signal, answers.encoding_of(request.headers.get("Content-Type", "")))
    if answer.status_code >= 400:
        body.discard(request)
    return answer


def _answered(request: WSGIRequest, signal: Signal, encoding: Encoding | None) -> HttpResponse:
    try:
        with capacity.door.enter(credentials.presented(request)):
            return _taken(request, signal, encoding)
    except tuple(_PROBLEMS) as error:
        problem = next(problem for kind, problem in _PROBLEMS.items() if isinstance(error, kind))
        return answers.failure(encoding, problem, str(error))
    except capacity.OverloadedError as error:
        return answers.failure(encoding, Problem.BUSY, str(error), retry_after=1)
    except body.UnfinishedBodyError as error:  # exporters try again after 503, and lose the data at 408
        return answers.failure(encoding, Problem.UNAVAILABLE, str(error), retry_after=1)
    except (DatabaseError, InterfaceError) as error:
        return _of_database(error, encoding)


def _of_database(error: DatabaseError | InterfaceError, encoding: Encoding | None) -> HttpResponse:
    if unstorable.is_refusal(error):
        return answers.failure(encoding, Problem.MALFORMED, unstorable.WORDS)
    if not isinstance(error, OperationalError | InterfaceError):
        raise error
    message = "the database is not available at the moment: nothing of this request was stored, try again"
    return answers.failure(encoding, Problem.UNAVAILABLE, message, retry_after=5)


@csrf_exempt  # as above
def metrics(request: WSGIRequest) -> HttpResponse:
    """Say in the sender's encoding that metrics, which many programs send to the same base, are not kept."""
    encoding = answers.encoding_of(request.headers.get("Content-Type", ""))
    if request.method != "POST":
        return _only_post(encoding)
    try:
        credentials.key_of(request, now=timezone.now())
    except keys.KeyRefusedError as refusal:
        return _unauthenticated(encoding, str(refusal))
    message = "metrics are not kept here, only traces and logs: set OTEL_METRICS_EXPORTER=none, or send them elsewhere"
    return answers.failure(encoding, Problem.NOT_FOUND, message)


def _taken(request: WSGIRequest, signal: Signal, encoding: Encoding | None) -> HttpResponse:
    if request.method != "POST":
        return _only_post(encoding)
    try:
        key = credentials.key_of(request, now=timezone.now())
    except keys.KeyRefusedError as refusal:
        return _unauthenticated(encoding, str(refusal))
    structlog.contextvars.bind_contextvars(workspace_id=key.workspace_id, key_id=key.pk)
    if not access.scopes_may(key.scopes, access.Capability.INGEST):
        return answers.failure(encoding, Problem.FORBIDDEN, "this key may not send traces: it lacks the scope ingest")
    if encoding is None:
        accepted = " or ".join(Encoding)
        return answers.failure(None, Problem.MEDIA_TYPE, f"this Content-Type is not supported: send {accepted}")
    sender = receive.Sender(key, credentials.project_of(request))
    content = body.read(request)
    with capacity.turns.take((key.workspace_id, key.pk, sender.project)):
        take = receive_logs.receive if signal is LOGS else receive.receive
        rejections = take(sender=sender, body=content, encoding=encoding, received_ns=time.time_ns())
    return answers.success(encoding, rejections, signal)


def _only_post(encoding: Encoding | None) -> HttpResponse:
    response = answers.failure(encoding, Problem.METHOD, "this address takes POST only")
    response["Allow"] = "POST"
    return response


def _unauthenticated(encoding: Encoding | None, reason: str) -> HttpResponse:
    message = f"{reason} Keys go into the header x-api-key, or Authorization: Bearer."
    response = answers.failure(encoding, Problem.UNAUTHENTICATED, message)
    response["WWW-Authenticate"] = "Bearer"
    return response
