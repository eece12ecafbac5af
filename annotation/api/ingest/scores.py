"""The addresses that the SDKs of Langfuse and Phoenix post scores to, beside their traces."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import structlog
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from annotation.api.ingest import body, capacity, credentials
from annotation.domain import access, unstorable
from annotation.domain.feedback import giving
from annotation.domain.feedback.giving import Given
from annotation.domain.ingest.scores import langfuse, phoenix
from annotation.domain.ingest.scores.reading import BadScoreError
from annotation.domain.ingest.values import loads
from annotation.domain.projects import keys
from annotation.models import ApiKey

MOST_AT_ONCE = 1000

Handler = Callable[[ApiKey, Any], HttpResponse]
#: What became of one score: the id of its feedback, or what is wrong with it.
Outcome = tuple[str | None, str]


class _RefusedError(Exception):
    def __init__(self, status: int, words: str, **headers: str) -> None:
        super().__init__(words)
        self.status = status
        self.headers = headers


@csrf_exempt  # no cookies: the key alone says who sends
def langfuse_scores(request: WSGIRequest) -> HttpResponse:
    """One score, or a list of them."""
    return _answered(request, _scores)


@csrf_exempt  # as above
def langfuse_batch(request: WSGIRequest) -> HttpResponse:
    """A batch of events, of which scores are taken; each is answered for itself."""
    return _answered(request, _batch)


@csrf_exempt  # as above
def langfuse_projects(request: WSGIRequest) -> HttpResponse:
    """Whose key it is: what the SDK asks to check its credentials."""
    return _answered(request, _projects, method="GET")


@csrf_exempt  # as above
def phoenix_annotations(request: WSGIRequest, kind: str) -> HttpResponse:
    """Annotations of spans, documents, traces or sessions."""
    return _answered(request, lambda key, document: _annotations(key, document, kind))


@csrf_exempt  # as above
def phoenix_note(request: WSGIRequest) -> HttpResponse:
    """A note on a span."""
    return _answered(request, _note)


def _answered(request: WSGIRequest, handle: Handler, method: str = "POST") -> HttpResponse:
    try:
        if request.method != method:
            return _failure(405, f"this address takes {method} only", Allow=method)
        with capacity.door.enter(credentials.presented(request)):
            key = _key(request)
            content = _content(request)
            with capacity.turns.take((key.workspace_id, key.pk, None)):
                return handle(key, _document(content) if method == "POST" else None)
    except _RefusedError as refusal:
        return _failure(refusal.status, str(refusal), **refusal.headers)
    except BadScoreError as problem:
        return _failure(400, str(problem))
    except capacity.OverloadedError as problem:
        return _failure(429, str(problem), **{"Retry-After": "1"})
    except (DatabaseError, InterfaceError) as problem:
        return _of_database(problem)
    finally:
        body.discard(request)


def _failure(status: int, words: str, **headers: str) -> HttpResponse:
    """In the words of all of these interfaces: Langfuse's `message` and `error`, Phoenix's `detail`."""
    response = JsonResponse({"message": words, "error": "InvalidRequest", "detail": words}, status=status)
    for name, value in headers.items():
        response[name] = value
    return response


def _of_database(problem: DatabaseError | InterfaceError) -> HttpResponse:
    if unstorable.is_refusal(problem):
        return _failure(400, unstorable.WORDS)
    if not isinstance(problem, OperationalError | InterfaceError):
        raise problem
    return _failure(503, "the database is not available at the moment: nothing was stored", **{"Retry-After": "5"})


def _key(request: WSGIRequest) -> ApiKey:
    try:
        key = credentials.key_of(request, now=timezone.now())
    except keys.KeyRefusedError as refusal:
        raise _RefusedError(401, str(refusal)) from refusal
    structlog.contextvars.bind_contextvars(workspace_id=key.workspace_id, key_id=key.pk)
    may = (
        access.scopes_may(key.scopes, wanted) for wanted in (access.Capability.INGEST, access.Capability.GIVE_FEEDBACK)
    )
    if not any(may):
        raise _RefusedError(403, "this key may not give feedback: it lacks the scope ingest")
    return key


def _content(request: WSGIRequest) -> bytes:
    try:
        return body.read(request)
    except body.BodyTooLargeError as problem:
        raise _RefusedError(413, str(problem)) from problem
    except body.UnfinishedBodyError as problem:  # these SDKs try again after 5xx only
        raise _RefusedError(503, str(problem), **{"Retry-After": "1"}) from problem
    except (body.UnreadableBodyError, body.UnknownPackingError) as problem:
        raise _RefusedError(400, str(problem)) from problem


def _document(content: bytes) -> Any:
    try:
        return loads(content)
    except (ValueError, RecursionError) as problem:
        raise _RefusedError(400, f"the body is not JSON: {problem}") from problem


def _give(key: ApiKey, entries: Sequence[Any], read: Callable[[Any], Given]) -> list[Outcome]:
    """Store what can be read of the entries; one outcome each, in order."""
    if len(entries) > MOST_AT_ONCE:
        raise _RefusedError(413, f"send at most {MOST_AT_ONCE} at once")
    outcomes: list[Outcome] = [(None, "")] * len(entries)
    sound: dict[int, Given] = {}
    for index, entry in enumerate(entries):
        try:
            sound[index] = read(entry)
        except BadScoreError as problem:
            outcomes[index] = (None, str(problem))
    given = giving.give_many(
        workspace=key.workspace, given=list(sound.values()), now=timezone.now(), project=key.only_project
    )
    for index, outcome in zip(sound, given, strict=True):
        words = "; ".join(f"{name}: {' '.join(words)}" for name, words in outcome.problems.items())
        outcomes[index] = (str(outcome.feedback.uuid), "") if outcome.feedback else (None, words)
    return outcomes


def _scores(key: ApiKey, document: Any) -> HttpResponse:
    entries = [langfuse.with_id(entry) for entry in (document if isinstance(document, list) else [document])]
    for stored, words in _give(key, entries, langfuse.score):
        if stored is None:
            raise BadScoreError(words)
    return JsonResponse({"id": langfuse.id_of(entries[0]) if entries else str(uuid4())})


def _batch(key: ApiKey, document: Any) -> HttpResponse:
    events = document.get("batch") if isinstance(document, dict) else None
    if not isinstance(events, list):
        raise BadScoreError("the body has to be a JSON object with a list named batch")
    events = [event if isinstance(event, dict) else {} for event in events]
    outcomes = _give(key, events, _event)
    done = [
        {"id": event.get("id"), "status": 201} for event, (stored, _) in zip(events, outcomes, strict=True) if stored
    ]
    failed = [
        {"id": event.get("id"), "status": 400, "message": words, "error": words}
        for event, (stored, words) in zip(events, outcomes, strict=True)
        if stored is None
    ]
    return JsonResponse({"successes": done, "errors": failed}, status=207)


def _event(event: dict[str, Any]) -> Given:
    if event.get("type") != langfuse.SCORE:
        raise BadScoreError(
            "only score-create is taken here: send traces by OpenTelemetry, as the SDK does from version 3"
        )
    score = event.get("body")
    return langfuse.score(
        langfuse.with_id({"timestamp": event.get("timestamp"), **score} if isinstance(score, dict) else score)
    )


def _projects(key: ApiKey, _document: Any) -> HttpResponse:
    project = key.project
    name, number = (project.name, str(project.uuid)) if project else (key.workspace.name, key.workspace.slug)
    organization = {"id": key.workspace.slug, "name": key.workspace.name}
    listed = {"id": number, "name": name, "organization": organization, "metadata": {}, "retentionDays": None}
    return JsonResponse({"data": [listed]})


def _annotations(key: ApiKey, document: Any, kind: str) -> HttpResponse:
    entries = document.get("data") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise _RefusedError(422, "the body has to be a JSON object with a list named data")
    outcomes = _give(key, entries, lambda entry: phoenix.annotation(entry, kind))
    wrong = [f"{index}: {words}" for index, (stored, words) in enumerate(outcomes) if stored is None]
    if wrong:
        raise _RefusedError(422, "; ".join(wrong))
    return JsonResponse({"data": [{"id": stored} for stored, _ in outcomes]})


def _note(key: ApiKey, document: Any) -> HttpResponse:
    entry = document.get("data") if isinstance(document, dict) else None
    stored, words = _give(key, [entry], phoenix.note)[0]
    if stored is None:
        raise _RefusedError(422, words)
    return JsonResponse({"data": {"id": stored}})
