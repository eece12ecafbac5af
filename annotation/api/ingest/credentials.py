"""Who sends, and where to: the key and the project, in whatever header a client's SDK puts them.

A client that is pointed here by its endpoint variable keeps its own way of authenticating:

* `x-api-key: KEY` (ours, LangSmith), `api_key: KEY` and `api-key: KEY` (Phoenix)
* `Authorization: Bearer KEY` (OpenTelemetry's usual way, Phoenix, MLflow) or `Authorization: KEY` (Opik)
* `Authorization: Basic base64(PUBLIC:SECRET)` (Langfuse): either half may be the key, the other one is not looked at
"""

from base64 import b64decode
from binascii import Error as BinasciiError
from datetime import datetime

from django.core.handlers.wsgi import WSGIRequest

from annotation.domain.projects import keys
from annotation.models import ApiKey

#: Headers that name the project, most explicit first: ours, LangSmith's, Opik's, MLflow's.
PROJECT_HEADERS = ("x-traceapp-project", "langsmith-project", "projectname", "x-mlflow-experiment-id")
KEY_HEADERS = ("x-api-key", "api-key")


def key_of(request: WSGIRequest, *, now: datetime) -> ApiKey:
    """The key that a request carries. Raises KeyRefusedError with what is wrong with the first that was tried."""
    refusal: keys.KeyRefusedError | None = None
    for token in tokens(request) or [""]:
        try:
            return keys.authenticate_key(token, now=now)
        except keys.KeyRefusedError as error:
            refusal = refusal or error
    raise refusal or keys.KeyRefusedError("There is no API key.")


def presented(request: WSGIRequest) -> str:
    """What a request presents as its key, whether it is one or not; the same at every door, whatever header a key is in."""
    found = tokens(request)
    return next((token for token in found if token.startswith(keys.PREFIX)), " ".join(found))


def tokens(request: WSGIRequest) -> list[str]:
    """What may be the key, in the order in which it is tried."""
    plain = [request.headers.get(name, "").strip() for name in KEY_HEADERS]
    return [token for token in (*plain, *_authorization(request.headers.get("Authorization", ""))) if token]


def _authorization(header: str) -> list[str]:
    scheme, _, rest = header.strip().partition(" ")
    if not rest:
        return [scheme]
    if scheme.lower() == "bearer":
        return [rest.strip()]
    return _pair(rest.strip()) if scheme.lower() == "basic" else []


def _pair(encoded: str) -> list[str]:
    """The secret of a key pair, then its public half."""
    try:
        public, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except (BinasciiError, ValueError):
        return []
    return [secret, public]


def project_of(request: WSGIRequest) -> str | None:
    """The project that a request's headers name, if any."""
    named = (request.headers.get(name, "").strip() for name in PROJECT_HEADERS)
    return next((name for name in named if name), None)
