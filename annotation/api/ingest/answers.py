"""Answers as OTLP over HTTP asks for them: in the encoding of the request, errors as `google.rpc.Status`."""

from enum import Enum
from typing import Any

import orjson
from django.http import HttpResponse

from annotation.domain.ingest.otlp import Encoding
from annotation.domain.ingest.otlp_signals import TRACES, Signal, camel
from annotation.domain.ingest.records import Rejections


class Problem(Enum):
    """What can go wrong, as (HTTP status, code of `google.rpc.Code`)."""

    MALFORMED = (400, 3)
    UNAUTHENTICATED = (401, 16)
    FORBIDDEN = (403, 7)
    NOT_FOUND = (404, 5)
    METHOD = (405, 12)
    TOO_LARGE = (413, 11)
    MEDIA_TYPE = (415, 3)
    BUSY = (429, 8)
    UNAVAILABLE = (503, 14)


def encoding_of(content_type: str) -> Encoding | None:
    """The encoding that a Content-Type names, whatever its parameters."""
    media_type = content_type.partition(";")[0].strip().lower()
    return next((encoding for encoding in Encoding if encoding.value == media_type), None)


def success(encoding: Encoding, rejections: Rejections, signal: Signal = TRACES) -> HttpResponse:
    """200; with `partial_success` if something could not be taken, which the client must not send again."""
    if encoding is Encoding.JSON:
        rejected = camel(f"rejected_{signal.members}")
        partial = {rejected: str(rejections.count), "errorMessage": rejections.message}
        return _answer(200, encoding, orjson.dumps({"partialSuccess": partial} if rejections.message else {}))
    response: Any = signal.response()
    if rejections.message:
        setattr(response.partial_success, f"rejected_{signal.members}", rejections.count)
        response.partial_success.error_message = rejections.message
    return _answer(200, encoding, response.SerializeToString())


def failure(
    encoding: Encoding | None, problem: Problem, message: str, *, retry_after: int | None = None
) -> HttpResponse:
    """An error; a client tries again only where it is told after how many seconds."""
    status, code = problem.value
    encoding = encoding or Encoding.JSON
    response = _answer(status, encoding, _status(encoding, code, message))
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def _answer(status: int, encoding: Encoding, content: bytes) -> HttpResponse:
    return HttpResponse(content, status=status, content_type=encoding.value)


def _status(encoding: Encoding, code: int, message: str) -> bytes:
    """`google.rpc.Status {int32 code = 1; string message = 2}`: two fields do not need a package."""
    if encoding is Encoding.JSON:
        return orjson.dumps({"code": code, "message": message})
    text = message.encode()
    return bytes([0x08, code, 0x12]) + _varint(len(text)) + text


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])
